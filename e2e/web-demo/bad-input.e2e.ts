import type { Page } from "playwright";
import { expect, test } from "playwright/test";
import { toBase64url } from "../../src/identity/bytes/base64url.ts";
import { encodeDescriptor } from "../../src/identity/joining/descriptor.ts";
import { parseInvite } from "../../src/identity/joining/invite.ts";
import { composer, expectDelivery, inviteCode, send, textsOf } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();

const inviteField = (page: Page) => page.getByLabel("Invite link or code");

test("invites that are none, cut off, damaged or signed by a wrong key say so, and stay in the field", async () => {
  const [alice] = await stage.meet("Alice");
  const code = await inviteCode(alice);
  const descriptor = encodeDescriptor(parseInvite(code));
  const forged = descriptor.slice();
  forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
  const guest = await stage.openTab();
  await guest.goto(stage.startUrl);

  const cases: readonly (readonly [string, RegExp])[] = [
    ["just some words", /not a Hearback invite/i],
    [code.slice(0, -8), /end of this invite is missing/i],
    [`${code.slice(0, 30)}${code[30] === "A" ? "B" : "A"}${code.slice(31)}`, /was changed on its way/],
    [
      `${stage.startUrl.replace(/\?.*/, "")}#/join/${toBase64url(forged)}`,
      /signature of the channel's owner does not fit/,
    ],
  ];
  for (const [invite, words] of cases) {
    await inviteField(guest).fill(invite);
    await expect(guest.getByText(words)).toBeVisible();
    await expect(inviteField(guest)).toHaveValue(invite);
    await expect(guest.getByRole("button", { name: "Join channel" })).toHaveCount(0);
  }
  await inviteField(guest).fill(code);
  await expect(guest.getByRole("button", { name: "Join channel" })).toBeVisible();
});

test("a link that is damaged opens on words, not on a blank page", async () => {
  const guest = await stage.openTab();
  await guest.goto(`${stage.startUrl.replace(/\?.*/, "")}#/join/AAAA`);
  await expect(guest.getByRole("alert")).toHaveText(/This invite cannot be read|end of this invite is missing/);
  await guest.getByRole("button", { name: "Not now" }).click();
  await expect(guest.getByRole("button", { name: "Create channel" })).toBeVisible();
});

test("an empty message is not sent, an oversized one says by how much, and the text stays", async () => {
  const [alice, bob] = await stage.meet("Alice", "Bob");
  await composer(alice).fill("   ");
  await expect(alice.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await composer(alice).press("Enter");
  await expect(alice.getByText("Write something first.")).toBeVisible();
  await expect(composer(alice)).toHaveValue("   ");
  expect(await textsOf(alice)).toEqual([]);

  const long = "x".repeat(64 * 1024 + 5);
  await composer(alice).fill(long);
  await expect(alice.getByText(/Too long by 5 bytes/)).toBeVisible();
  await expect(alice.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await composer(alice).press("Enter");
  await expect(composer(alice)).toHaveValue(long);

  await composer(alice).fill(long.slice(5));
  await composer(alice).press("Enter");
  await expect(composer(alice)).toHaveValue("");
  await send(alice, "and a short one");
  await expectDelivery(alice, "and a short one", "everyone", "Received by all 1");
  await expect.poll(async () => (await textsOf(bob)).map((text) => text.length)).toEqual([64 * 1024, 15]);
});

test("what was typed and not sent is there after a reload", async () => {
  const [alice] = await stage.meet("Alice");
  await composer(alice).fill("half a thought");
  await alice.reload();
  await expect(composer(alice)).toHaveValue("half a thought");
});
