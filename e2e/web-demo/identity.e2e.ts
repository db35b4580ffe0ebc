import { readFile } from "node:fs/promises";
import { expect, test } from "playwright/test";
import { build } from "vite";
import { composer, expectParticipants, expectReceivedByAll, ownParticipant, send } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();

test("a duplicated tab is a new participant, and the original stays who it is", async () => {
  const [alice, bob] = await stage.meet("Alice", "Bob");
  const original = await ownParticipant(alice);
  const session = await alice.evaluate(() => ({ ...sessionStorage }));
  const url = alice.url();

  // What "Duplicate tab" does: the same address, with a copy of the session.
  const duplicate = await stage.openTab();
  await duplicate.addInitScript((entries) => {
    // It runs in the empty page too, which has no storage.
    if (window.origin !== "null" && sessionStorage.length === 0)
      for (const [key, value] of Object.entries(entries)) sessionStorage.setItem(key, value);
  }, session);
  await duplicate.goto(url);
  await expect(duplicate.getByText("Alice is open in another tab, so this tab joins as somebody new.")).toBeVisible();
  await duplicate.getByLabel("Your name").fill("Alice's double");
  await duplicate.getByRole("button", { name: "Join channel" }).click();
  await composer(duplicate).waitFor();

  expect(await ownParticipant(duplicate)).not.toBe(original);
  expect(await ownParticipant(alice)).toBe(original);
  const tabs = [alice, bob, duplicate];
  for (const tab of tabs) await expectParticipants(tab, 3);
  await send(duplicate, "from the double");
  await send(alice, "from the original");
  for (const tab of tabs) await expectReceivedByAll(tab, ["from the double", "from the original"], 2);
});

test("a reload keeps the participant, its messages and what is known of them", async () => {
  const [alice, bob] = await stage.meet("Alice", "Bob");
  await send(alice, "before the reload");
  await expectReceivedByAll(alice, ["before the reload"], 1);
  const before = await ownParticipant(alice);
  await alice.reload();
  await composer(alice).waitFor();
  expect(await ownParticipant(alice)).toBe(before);
  await expectReceivedByAll(alice, ["before the reload"], 1);
  await expectParticipants(bob, 2);
});

test("the fragment of an invite link leaves the address bar at once", async () => {
  const [alice] = await stage.meet("Alice");
  const code = await alice.locator("[data-invite-code]").first().getAttribute("data-invite-code");
  const link = await alice.getByRole("link", { name: "Open another tab" }).getAttribute("href");
  if (link === null || code === null) throw new Error("the channel shows no invite");
  const guest = await stage.openTab();
  await guest.goto(link);
  await guest.getByRole("button", { name: "Join channel" }).waitFor();
  expect(new URL(guest.url()).hash).toBe("");
});

test("strict keys and signatures are judged in this browser as everywhere", async () => {
  const bundle = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, lib: { entry: "e2e/web-demo/ed25519-verdicts.ts", formats: ["iife"], name: "verdicts" } },
  });
  const [output] = Array.isArray(bundle) ? bundle : [bundle];
  const chunk = output !== undefined && "output" in output ? output.output[0] : undefined;
  if (chunk === undefined) throw new Error("the verdicts were not built");
  const vectors = await readFile("src/identity/vectors/ed25519.json", "utf8");
  const page = await stage.openTab();
  await page.goto(stage.startUrl);
  const failed = await page.evaluate<string[]>(`${chunk.code}\nverdicts.failed(${vectors})`);
  expect(failed).toEqual([]);
});
