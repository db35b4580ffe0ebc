import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "playwright/test";
import { meetAdaAndBen, openFromList } from "../extension/support/extension-page.ts";
import { openFreshProfile } from "../support/browser.ts";
import { expectDelivery, expectReceivedByAllInChat, messages, send, textsOf } from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";
import { type FirefoxExtension, openFirefoxExtension } from "./firefox-extension.ts";

/** The demo runs in Chromium here, the extension in Firefox: what one says the other has to understand. */
const stage = useStage({ openBrowser: openFreshProfile });
const FIREFOX_SUSPENDS_AFTER_MS = 30_000;
let ada: FirefoxExtension;

test.beforeEach(async () => {
  ada = await openFirefoxExtension();
});
test.afterEach(async () => {
  await ada.dispose();
  expect(ada.pageErrors).toEqual([]);
});

const adaAndBen = () => meetAdaAndBen(stage, ada);

test("the extension in Firefox and a demo tab in Chromium: each sees that the other has its messages", async () => {
  const { adaTab, ben } = await adaAndBen();
  await send(adaTab, "from Firefox");
  await send(ben, "from Chromium");
  for (const view of [adaTab, ben]) await expectReceivedByAllInChat(view, ["from Firefox", "from Chromium"], 1);
});

test("popup, sidebar and tab show the same channel", async () => {
  const { adaTab, ben } = await adaAndBen();
  const [panel, popup] = [await ada.open("panel"), await ada.open("popup")];
  for (const view of [panel, popup]) await openFromList(view);
  await send(popup, "from the popup");
  for (const view of [adaTab, panel, popup]) {
    await expectReceivedByAllInChat(view, ["from the popup"], 1);
    await expect.poll(() => textsOf(view)).toEqual(["from the popup"]);
  }
  await messages(ben, "from the popup").waitFor();
});

test("with no view open the background page keeps itself awake, and acks at once", async () => {
  const { adaTab, ben } = await adaAndBen();
  await adaTab.close();
  await sleep(FIREFOX_SUSPENDS_AFTER_MS + 10_000);
  await send(ben, "is anybody there?");
  await expectDelivery(ben, "is anybody there?", "everyone", "Received by all 1", { timeout: 5_000 });
  const back = await ada.open("tab");
  await expect(back.locator("[data-channel]").first()).toHaveAttribute("data-unread", "1");
});

test("a background page that was suspended all the same is started again by its alarm, and acks", async () => {
  await ada.dispose();
  ada = await openFirefoxExtension({ suspendAfterMs: 2_000 });
  const { adaTab, ben } = await adaAndBen();
  await adaTab.close();
  await sleep(5_000);
  await send(ben, "wake up");
  await expectDelivery(ben, "wake up", "everyone", "Received by all 1", { timeout: 60_000 });
});

test("the browser is restarted on the same profile: the channel goes on", async () => {
  const { adaTab, ben } = await adaAndBen();
  await send(adaTab, "before the restart");
  await expectDelivery(adaTab, "before the restart", "everyone");
  await ada.restart();
  await send(ben, "while Firefox starts");
  const again = await ada.open("tab");
  await openFromList(again);
  await messages(again, "before the restart").waitFor();
  await expectReceivedByAllInChat(again, ["before the restart", "while Firefox starts"], 1);
});
