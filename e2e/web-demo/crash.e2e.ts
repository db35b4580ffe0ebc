import type { BrowserContext, Page } from "playwright";
import { expect, test } from "playwright/test";
import { type BrowserProfile, crashTab, openFreshProfile } from "../support/browser.ts";
import {
  composer,
  continueAs,
  expectConnection,
  expectDelivery,
  expectOnceEach,
  expectParticipants,
  expectReceivedByAll,
  expectSameLog,
  inviteCode,
  joinByCode,
  messages,
  send,
} from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();
/** Alice's, which dies; the others have the stage's. */
let browser: BrowserProfile;

test.beforeEach(async () => {
  browser = await openFreshProfile();
});
test.afterEach(() => browser.dispose());

interface Company {
  readonly alice: Page;
  readonly others: readonly [Page, Page];
}

async function meetAlice(): Promise<Company> {
  const [bob, carol] = await stage.meet("Bob", "Carol");
  const alice = await stage.openTab(browser.context);
  await joinByCode(alice, stage.startUrl, await inviteCode(bob), "Alice");
  for (const tab of [alice, bob, carol]) await expectParticipants(tab, 3);
  return { alice, others: [bob, carol] };
}

async function reopen(context: BrowserContext): Promise<Page> {
  const alice = await stage.openTab(context);
  await continueAs(alice, stage.startUrl, "Alice");
  return alice;
}

async function expectAllHave(tabs: readonly Page[], texts: readonly string[]): Promise<void> {
  for (const tab of tabs) await expectReceivedByAll(tab, texts, 2);
  await expectOnceEach(tabs, texts);
  await expectSameLog(tabs);
}

/** Sends one after the other until the tab is dead; `accepted` grows as the composer lets go of each text. */
async function talkUntilDeath(tab: Page, texts: readonly string[], accepted: string[]): Promise<void> {
  try {
    for (const text of texts) {
      await send(tab, text);
      accepted.push(text);
    }
  } catch (error) {
    // The tab's death is what ends the talk.
    if (!tab.isClosed() && !/crashed|closed/.test(String(error))) throw error;
  }
}

const DEATHS: readonly { readonly how: string; die(alice: Page): Promise<BrowserContext> }[] = [
  {
    how: "the tab crashes",
    async die(alice) {
      await crashTab(alice);
      return browser.context;
    },
  },
  { how: "the browser is killed", die: () => browser.killAndReopen() },
];

for (const { how, die } of DEATHS) {
  test.describe(how, () => {
    test("between accepting messages and publishing them: they leave after reopening, once each", async () => {
      const { alice, others } = await meetAlice();
      await stage.node.kill();
      await expectConnection(alice, "offline");
      const texts = ["accepted first", "accepted second"];
      for (const text of texts) await send(alice, text);

      const reopened = await reopen(await die(alice));
      for (const text of texts) await expectDelivery(reopened, text, "queued", "Waiting to send");
      await stage.node.revive();
      await expectAllHave([reopened, ...others], texts);
    });

    test("while a message is on its way and nobody knows whether it left: it arrives once", async () => {
      const { alice, others } = await meetAlice();
      stage.node.freeze();
      await send(alice, "on its way");
      await expectDelivery(alice, "on its way", "sending");

      const context = await die(alice);
      stage.node.thaw();
      const reopened = await reopen(context);
      // What the others say of it before she is back is gone; she asks for it (docs/protocol.md, RECEIPT-6).
      await expectDelivery(reopened, "on its way", "everyone", undefined, { timeout: 30_000 });
      await expectAllHave([reopened, ...others], ["on its way"]);
    });

    test("in the middle of a burst of 50: nothing accepted is lost, nothing arrives twice", async () => {
      const { alice, others } = await meetAlice();
      const texts = Array.from({ length: 50 }, (_, index) => `burst ${index + 1}`);
      const accepted: string[] = [];
      const talking = talkUntilDeath(alice, texts, accepted);
      await expect.poll(() => accepted.length, { intervals: [5] }).toBeGreaterThanOrEqual(20);
      const context = await die(alice);
      await talking;
      test.info().annotations.push({ type: "accepted before death", description: `${accepted.length}` });
      expect(accepted.length).toBeLessThan(50);

      const reopened = await reopen(context);
      await expectOnceEach([reopened], accepted);
      // The one in between may be accepted although nobody saw it; whoever comes back looks before repeating it.
      for (const text of texts.slice(accepted.length)) {
        if ((await messages(reopened, text).count()) === 0) await send(reopened, text);
      }
      await expectAllHave([reopened, ...others], texts);
    });
  });
}

/** The texts in the drafts' database. */
function keptDrafts(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open("hearback.drafts");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const db = opening.result;
          const reading = db.transaction("draft").objectStore("draft").getAll();
          reading.onerror = () => reject(reading.error);
          reading.onsuccess = () => {
            db.close();
            resolve(reading.result.map(({ text }) => text));
          };
        };
      }),
  );
}

test("the browser is killed while a message goes to the disk: it is there afterwards, or in the field", async () => {
  const { alice } = await meetAlice();
  let page = alice;
  for (const afterMs of [0, 3, 6, 10, 15, 25]) {
    const text = `in flight for ${afterMs} ms`;
    await composer(page).fill(text);
    const kill = await browser.prepareKill();
    // What was typed a moment ago is on its way to the disk for some milliseconds, and longer on a machine that is busy.
    await expect.poll(() => keptDrafts(page)).toContain(text);
    const pressed = page.keyboard.press("Enter").catch(() => {
      // The browser died first.
    });
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    page = await reopen(await kill());
    await pressed;
    const isInField = async () => (await composer(page).inputValue()) === text;
    await expect.poll(async () => (await isInField()) || (await messages(page, text).count()) === 1).toBe(true);
    // Whoever finds it in the field and sends it has said it once.
    if (await isInField()) await composer(page).press("Enter");
    await expect(composer(page)).toHaveValue("");
    await expect(messages(page, text)).toHaveCount(1);
  }
});

test("the worker under a tab dies: the tab goes on with a new one, and nothing accepted is lost", async () => {
  const { alice, others } = await meetAlice();
  await stage.node.kill();
  await expectConnection(alice, "offline");
  await send(alice, "kept by the old worker");
  const replaced = alice.waitForEvent("worker");
  const died = performance.now();
  await alice.workers()[0]?.evaluate(() => self.close());
  await replaced;
  // It is noticed, not only missed: pings would take most of a minute.
  expect(performance.now() - died).toBeLessThan(5_000);
  await send(alice, "given to the new worker");
  await stage.node.revive();
  await expectAllHave([alice, ...others], ["kept by the old worker", "given to the new worker"]);
});
