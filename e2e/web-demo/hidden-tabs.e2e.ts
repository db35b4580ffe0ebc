import type { Page } from "playwright";
import { expect, test } from "playwright/test";
import { openPlainBrowser } from "../support/browser.ts";
import { expectDelivery, send } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

/** Chromium slows the timers of hidden pages down to one a minute after five minutes; here after a second. */
const THROTTLE_AT_ONCE = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1";
/** More often than this does no hidden page run a timer, while a visible one would 20 times a second. */
const MAX_TICKS_PER_SECOND = 2;

const stage = useStage({ openBrowser: () => openPlainBrowser(THROTTLE_AT_ONCE) });

test("hidden tabs ack as fast as visible ones: a page's timers are throttled, its worker's are not", async () => {
  const [alice, bob, carol] = await stage.meet("Alice", "Bob", "Carol");
  await alice.bringToFront();
  for (const hidden of [bob, carol]) {
    await expect.poll(() => hidden.evaluate(() => document.visibilityState)).toBe("hidden");
    await startTicking(hidden);
  }
  for (let n = 1; n <= 10; n++) {
    await send(alice, `in front ${n}`);
    await expectDelivery(alice, `in front ${n}`, "everyone", "Received by all 2", { timeout: 5_000 });
  }
  for (const hidden of [bob, carol]) expect(await ticksPerSecond(hidden)).toBeLessThan(MAX_TICKS_PER_SECOND);
  expect(await hiddenStill(bob, carol)).toBe(true);
});

async function hiddenStill(...tabs: readonly Page[]): Promise<boolean> {
  const states = await Promise.all(tabs.map((tab) => tab.evaluate(() => document.visibilityState)));
  return states.every((state) => state === "hidden");
}

/** Counts in the page how often a timer of 50 ms really runs. */
async function startTicking(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ticking = { since: performance.now(), count: 0 };
    Object.assign(window, { ticking });
    setInterval(() => ticking.count++, 50);
  });
}

async function ticksPerSecond(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { ticking } = window as unknown as { ticking: { since: number; count: number } };
    return (1_000 * ticking.count) / (performance.now() - ticking.since);
  });
}
