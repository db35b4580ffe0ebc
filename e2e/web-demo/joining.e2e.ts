import type { Page } from "playwright";
import { expect, test } from "playwright/test";
import { fillStore } from "../../bench/support/stored-history.ts";
import {
  expectConnection,
  expectDelivery,
  expectParticipants,
  joinByCode,
  messages,
  send,
} from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();

/** Seconds of reading, so that the service node can be stopped in the middle of it. */
const MESSAGES = 800;
const AUTHORS = 5;

const previews = (tab: Page) => tab.locator("[data-preview]");
const readingLine = (tab: Page) => tab.getByRole("log").locator("..").locator(".reading-line");
const withText = (tab: Page, number: number) =>
  tab.locator("[data-message-id]").filter({ hasText: new RegExp(`Message ${number} `) });
const isAtEnd = (tab: Page) =>
  tab.getByRole("log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2);

/** Of the rows of the last messages of the history. */
const heightsOfLast = async (tab: Page) =>
  Promise.all([4, 3, 2, 1].map(async (back) => (await withText(tab, MESSAGES - back).boundingBox())?.height));

test("who joins sees what was said last while the past is read, also while no service node answers; then the log is whole", async () => {
  const invite = await fillStore(stage.node.multiaddr, MESSAGES, AUTHORS);
  const tab = await stage.openTab();
  await joinByCode(tab, stage.startUrl, invite, "Newcomer");
  await previews(tab).first().waitFor();
  // From here on nothing comes: what stands on the page came before the past was read.
  stage.node.freeze();
  await expect(withText(tab, MESSAGES - 1)).toBeVisible();
  await expect(withText(tab, MESSAGES - 1)).toHaveAttribute("data-preview", "true");
  await expect(withText(tab, 0)).toHaveCount(0);
  await expect(previews(tab).locator("[data-delivery]")).toHaveCount(0);
  await expect(tab.getByRole("button", { name: "Show older messages" })).toHaveCount(0);
  await expect(readingLine(tab)).toContainText(/Reading the history/);
  expect(await isAtEnd(tab)).toBe(true);
  const heights = await heightsOfLast(tab);
  // Nothing of it is unread, and what is written meanwhile stands behind it.
  expect(await tab.title()).not.toMatch(/^\(/);
  await send(tab, "hello from the newcomer");
  await expect(messages(tab, "hello from the newcomer")).toBeVisible();

  stage.node.thaw();
  await expectConnection(tab, "online");
  await expect(previews(tab)).toHaveCount(0, { timeout: 60_000 });
  await expect(readingLine(tab)).toHaveCount(0);
  await expectDelivery(tab, "hello from the newcomer", "stored");
  await expect(withText(tab, MESSAGES - 1)).toHaveCount(1);
  expect([await isAtEnd(tab), await heightsOfLast(tab)]).toEqual([true, heights]);
  // The log is whole, up to where it begins.
  await expect(async () => {
    await tab.getByRole("log").evaluate((log) => log.scrollTo(0, 0));
    await expect(withText(tab, 0)).toHaveCount(1, { timeout: 500 });
  }).toPass({ timeout: 60_000 });
  const numbers = await tab.locator("[data-message-id] .row-text").evaluateAll((rows) =>
    rows.flatMap(
      (row) =>
        /^Message (\d+) /
          .exec(row.textContent ?? "")
          ?.slice(1)
          .map(Number) ?? [],
    ),
  );
  expect(numbers).toEqual(Array.from({ length: MESSAGES }, (_, index) => index));
});

test("who joins a channel in which nobody has spoken sees nothing of a history", async () => {
  const [creator] = await stage.meet("Ada", "Ben");
  const other = await stage.openTab();
  const code = await creator.locator("[data-invite-code]").first().getAttribute("data-invite-code");
  await other.addInitScript(() => {
    const seen = { line: false };
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      seen.line ||= document.querySelector(".reading-line") !== null;
    }).observe(document, { subtree: true, childList: true });
  });
  await joinByCode(other, stage.startUrl, code ?? "", "Cleo");
  await expectParticipants(other, 3);
  await send(other, "hello");
  await expectDelivery(other, "hello", "everyone");
  await expect(previews(other)).toHaveCount(0);
  expect(await other.evaluate(() => (globalThis as unknown as { seen: { line: boolean } }).seen.line)).toBe(false);
});
