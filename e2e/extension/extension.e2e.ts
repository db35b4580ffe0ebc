import { expect, test } from "playwright/test";
import {
  expectConnection,
  expectDelivery,
  expectOnceEach,
  expectParticipants,
  expectReceivedByAllInChat,
  joinByCode,
  messages,
  send,
  sendAndTime,
  textsOf,
} from "../support/demo-page.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { type ExtensionProfile, openExtensionProfile } from "./support/extension.ts";
import { createInExtension, joinInExtension, meetAdaAndBen, openFromList } from "./support/extension-page.ts";

let stage: Stage;
let ada: ExtensionProfile;

test.beforeAll(async () => {
  stage = await openStage();
});
test.beforeEach(async () => {
  ada = await openExtensionProfile();
});
test.afterEach(async () => {
  expect(ada.pageErrors).toEqual([]);
  await ada.dispose();
  await stage.clear();
});
test.afterAll(() => stage?.close());

const adaAndBen = () => meetAdaAndBen(stage, ada);

test("two extensions and a demo tab in one channel: every view says that all have each message", async () => {
  const cleo = await openExtensionProfile();
  try {
    const adaTab = await ada.open("tab");
    const code = await createInExtension(adaTab, {
      channelName: "Harbour",
      yourName: "Ada",
      node: stage.node.multiaddr,
    });
    const cleoTab = await cleo.open("tab");
    await joinInExtension(cleoTab, code, "Cleo");
    const ben = await stage.openTab();
    await joinByCode(ben, stage.startUrl, code, "Ben");
    const views = [adaTab, cleoTab, ben];
    for (const view of views) await expectParticipants(view, 3, { timeout: 60_000 });
    await send(adaTab, "from an extension");
    await send(cleoTab, "from another");
    await send(ben, "from a tab");
    for (const view of views) {
      await expectReceivedByAllInChat(view, ["from an extension", "from another", "from a tab"], 2);
    }
    expect(cleo.pageErrors).toEqual([]);
  } finally {
    await cleo.dispose();
  }
});

test("the worker is stopped between accepting and publishing: the messages leave when there is a way, once each", async () => {
  const { adaTab, ben } = await adaAndBen();
  await stage.node.kill();
  await expectConnection(adaTab, "offline");
  await send(adaTab, "accepted one");
  await send(adaTab, "accepted two");
  await ada.stopWorker();
  await stage.node.revive();
  await expectReceivedByAllInChat(adaTab, ["accepted one", "accepted two"], 1);
  await expectOnceEach([adaTab, ben], ["accepted one", "accepted two"]);
});

test("the worker is stopped in the middle of a burst of 50: nothing is lost, nothing is there twice", async () => {
  const { adaTab, ben } = await adaAndBen();
  const texts = Array.from({ length: 50 }, (_, index) => `burst ${index + 1}`);
  for (const [index, text] of texts.entries()) {
    if (index === 15 || index === 35) await ada.stopWorker();
    await send(adaTab, text);
  }
  await expect.poll(() => textsOf(ben), { timeout: 60_000 }).toEqual(texts);
  await expectOnceEach([adaTab, ben], texts);
  await expectDelivery(adaTab, "burst 50", "everyone", "Received by all 1");
});

test("the service node dies and comes back: what was written meanwhile arrives", async () => {
  const { adaTab, ben } = await adaAndBen();
  await stage.node.kill();
  await expectConnection(adaTab, "offline");
  await send(adaTab, "written while it was dead");
  await stage.node.revive();
  await expectReceivedByAllInChat(adaTab, ["written while it was dead"], 1);
  await messages(ben, "written while it was dead").waitFor();
});

test("three views of one extension show the same; what is sent in one appears in all, unread counts agree", async () => {
  const { adaTab, ben } = await adaAndBen();
  const [panel, popup] = [await ada.open("panel"), await ada.open("popup")];
  for (const view of [panel, popup]) await openFromList(view);
  await send(popup, "from the popup");
  for (const view of [adaTab, panel, popup]) {
    await expectReceivedByAllInChat(view, ["from the popup"], 1);
    await expect.poll(() => textsOf(view)).toEqual(["from the popup"]);
  }
  await send(ben, "read at once, as views are open");
  for (const view of [adaTab, panel, popup]) await messages(view, "read at once, as views are open").waitFor();
  for (const view of [panel, popup]) await view.close();
  await adaTab.goto("about:blank");
  await send(ben, "unread one");
  await send(ben, "unread two");
  const back = await ada.open("tab");
  await expect(back.locator("[data-channel]").first()).toHaveAttribute("data-unread", "2");
});

test("the popup on a dead worker shows the history at once, without a network", async () => {
  const { adaTab } = await adaAndBen();
  await send(adaTab, "kept on this device");
  await expectDelivery(adaTab, "kept on this device", "everyone");
  await adaTab.close();
  await stage.node.kill();
  await ada.stopWorker();
  const popup = await ada.open("popup");
  await openFromList(popup);
  await messages(popup, "kept on this device").waitFor();
  await expectDelivery(popup, "kept on this device", "everyone", "Received by all 1");
  await stage.node.revive();
});

test("a view shows the end of its channel before the worker has read any of it", async () => {
  const { adaTab } = await adaAndBen();
  await send(adaTab, "kept on this device");
  await expectDelivery(adaTab, "kept on this device", "everyone");
  await adaTab.close();
  const before = await ada.open("popup");
  await openFromList(before);
  await before.close();
  const blocker = await ada.openPlain();
  await ada.stopWorker();
  // Another writer: the worker waits until it is gone.
  await blocker.evaluate(async () => {
    await new Promise((held) => {
      void navigator.locks.request("hearback/writer/hearback", () => new Promise(() => held(null)));
    });
  });
  const popup = await ada.open("popup");
  await expectDelivery(popup, "kept on this device", "everyone", "Received by all 1");
  await expectConnection(popup, "connecting");
  const sending = send(popup, "written meanwhile");
  await blocker.close();
  await sending;
  await expectConnection(popup, "online");
  await expectReceivedByAllInChat(popup, ["kept on this device", "written meanwhile"], 1);
  await expectOnceEach([popup], ["kept on this device", "written meanwhile"]);
});

test("the browser is restarted on the same profile: the channel goes on", async () => {
  const { adaTab, ben } = await adaAndBen();
  await send(adaTab, "before the restart");
  await expectDelivery(adaTab, "before the restart", "everyone");
  await ada.restart();
  await send(ben, "while the browser was restarting");
  const again = await ada.open("popup");
  await openFromList(again);
  for (const text of ["before the restart", "while the browser was restarting"]) await messages(again, text).waitFor();
  await send(again, "after the restart");
  await expectReceivedByAllInChat(again, ["after the restart"], 1);
});

test("what comes while no view is open is told by badge and notification, until a view is opened", async () => {
  const { adaTab, ben } = await adaAndBen();
  await adaTab.close();
  await send(ben, "unseen one");
  await send(ben, "unseen two");
  await expect.poll(() => ada.outside()).toMatchObject({ badge: "2", notifications: 1 });
  const tab = await ada.open("tab");
  await openFromList(tab);
  await messages(tab, "unseen two").waitFor();
  await expect.poll(() => ada.outside()).toMatchObject({ badge: "", notifications: 0 });
});

test("a worker that was stopped with no view open is started again by itself, and acks", async () => {
  const { adaTab, ben } = await adaAndBen();
  await adaTab.close();
  await ada.stopWorker();
  await send(ben, "to a stopped worker");
  // The alarm is the only way back; browsers allow none below half a minute.
  const mark = messages(ben, "to a stopped worker").locator("[data-delivery]");
  await expect(mark).toHaveAttribute("data-delivery", "everyone", { timeout: 60_000 });
  expect((await ada.outside()).alarms).toEqual(["hearback-alive"]);
});

test("a browser that nobody looks at stays in its channel and acks at once, also after a silence", async () => {
  const { ben } = await adaAndBen();
  const end = await ada.runUnattended();
  try {
    await send(ben, "as the browser starts");
    await expectDelivery(ben, "as the browser starts", "everyone", "Received by all 1");
    // Longer than a browser lets a worker live that does nothing.
    await ben.waitForTimeout(45_000);
    const { ms } = await sendAndTime(ben, "after a silence", 20_000);
    expect(ms).toBeLessThan(5_000);
  } finally {
    await end();
  }
});
