import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright";
import { expect, test } from "playwright/test";
import { composer, expectDelivery, messages, send } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();
let axe = "";

test.beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
});

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { html: string }[];
  }[];
}

/** What the checker finds serious or critical on the page as it is, in light and in dark. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axe);
    const { violations } = await page.evaluate<AxeResult>("axe.run()");
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    expect(found, `${screen}, ${colorScheme}`).toEqual([]);
  }
}

test("every screen passes the accessibility checker, light and dark, wide and narrow", async () => {
  const [alice] = await stage.meet("Alice", "Bob");
  await send(alice, "is this readable?");
  await expectDelivery(alice, "is this readable?", "everyone");
  await expectAccessible(alice, "channel and matrix");
  await alice.setViewportSize({ width: 360, height: 720 });
  await expectAccessible(alice, "narrow channel");
  await alice.setViewportSize({ width: 1280, height: 720 });
  await messages(alice, "is this readable?").getByRole("button").first().click();
  await alice.getByRole("dialog").waitFor();
  await expectAccessible(alice, "details");
  await alice.keyboard.press("Escape");
  await alice.getByRole("button", { name: "Invite" }).click();
  await alice.getByRole("dialog").waitFor();
  await expectAccessible(alice, "invite");
  const link = await alice.getByRole("link", { name: "Open another tab" }).getAttribute("href");
  const guest = await stage.openTab();
  await guest.goto(link ?? "");
  await guest.getByRole("button", { name: "Join channel" }).waitFor();
  await expectAccessible(guest, "join");
  const fresh = await stage.openTab();
  await fresh.goto(stage.startUrl);
  await fresh.getByRole("button", { name: "Create channel" }).waitFor();
  await expectAccessible(fresh, "start");
});

test("a channel is created, written to and its details are read with the keyboard alone", async () => {
  const page = await stage.openTab();
  await page.goto(stage.startUrl);
  const name = page.getByLabel("Channel name");
  await name.waitFor();
  await tabTo(page, async () => name.evaluate((element) => element === document.activeElement));
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Alice");
  await page.keyboard.press("Enter");
  await composer(page).waitFor();
  await tabTo(page, () => composer(page).evaluate((element) => element === document.activeElement));
  await page.keyboard.type("typed and sent");
  await page.keyboard.press("Enter");
  await messages(page, "typed and sent").waitFor();
  const inLog = () => page.evaluate(() => document.activeElement?.getAttribute("role") === "log");
  const inRow = () => page.evaluate(() => document.activeElement?.closest("[data-message-id]") != null);
  await tabTo(page, inLog, "Shift+Tab");
  for (let steps = 0; steps < 10 && !(await inRow()); steps++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Delivery" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect.poll(inRow).toBe(true);
  // As often as one likes: a browser closes a dialog by itself where Escape comes without a click before it.
  for (let times = 0; times < 3; times++) {
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Delivery" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect.poll(inRow).toBe(true);
  }
});

async function tabTo(page: Page, there: () => Promise<boolean>, key = "Tab"): Promise<void> {
  for (let steps = 0; steps < 40; steps++) {
    if (await there()) return;
    await page.keyboard.press(key);
  }
  throw new Error("the keyboard does not lead there");
}
