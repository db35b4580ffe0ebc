import type { Page } from "playwright";
import { expect, test } from "playwright/test";
import {
  expectConnection,
  expectDelivery,
  expectOnceEach,
  expectReceivedByAll,
  expectSameLog,
  messages,
  send,
} from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();

/** The sentence under the header that says what is wrong and what happens to what is written meanwhile. */
const bar = (tab: Page) => tab.getByText("everything is sent once the connection is back");

test("the service node dies while people write; once it is back, everything arrives and is acked", async () => {
  const tabs = await stage.meet("Alice", "Bob", "Carol");
  const [alice, bob, carol] = tabs;
  await send(alice, "before");
  for (const tab of tabs) await expectReceivedByAll(tab, ["before"], 2);

  await stage.node.kill();
  for (const tab of tabs) {
    await expectConnection(tab, "offline");
    await expect(bar(tab)).toBeVisible();
  }
  const meanwhile: string[] = [];
  for (const round of [1, 2, 3]) {
    for (const [name, tab] of [
      ["Alice", alice],
      ["Bob", bob],
      ["Carol", carol],
    ] as const) {
      const text = `${name} writes on, ${round}`;
      await send(tab, text);
      meanwhile.push(text);
    }
  }
  for (const tab of tabs) await expect(bar(tab)).toContainText("3 messages are waiting to be sent.");
  await expectDelivery(alice, "Alice writes on, 1", "queued", "Waiting to send");

  await stage.node.revive();
  for (const tab of tabs) {
    await expectConnection(tab, "online");
    await expect(bar(tab)).toHaveCount(0);
    await expectReceivedByAll(tab, ["before", ...meanwhile], 2);
  }
  await expectOnceEach(tabs, ["before", ...meanwhile]);
  await expectSameLog(tabs);
});

test("the service node hangs without closing a connection: what was written arrives once it goes on", async () => {
  const tabs = await stage.meet("Alice", "Bob");
  const [alice, bob] = tabs;
  stage.node.freeze();
  await send(alice, "into the silence");
  await send(bob, "are you there?");
  await expectDelivery(alice, "into the silence", "sending", "Sending");
  stage.node.thaw();
  for (const tab of tabs) await expectReceivedByAll(tab, ["into the silence", "are you there?"], 1);
  await expectOnceEach(tabs, ["into the silence", "are you there?"]);
  await expectSameLog(tabs);
});

test("a channel can be opened, read and written to while the service node is dead", async () => {
  const tabs = await stage.meet("Alice", "Bob");
  const [alice, bob] = tabs;
  await send(alice, "before");
  for (const tab of tabs) await expectReceivedByAll(tab, ["before"], 1);
  await stage.node.kill();
  await bob.reload();
  await expectOnceEach([bob], ["before"]);
  await send(bob, "written offline");
  await bob.reload();
  await expectDelivery(bob, "written offline", "queued", "Waiting to send");
  await stage.node.revive();
  for (const tab of tabs) await expectReceivedByAll(tab, ["before", "written offline"], 1);
  await expectOnceEach(tabs, ["before", "written offline"]);
});

test("a message deleted before it left is gone for everybody, and what was written after it arrives", async () => {
  const tabs = await stage.meet("Alice", "Bob");
  const [alice, bob] = tabs;
  await stage.node.kill();
  await send(alice, "regretted");
  await send(alice, "meant");
  await messages(alice, "regretted").getByRole("button").click();
  await alice.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(messages(alice, "regretted")).toHaveCount(0);
  await expect(alice.getByRole("dialog")).toHaveCount(0);
  await alice.reload();
  await stage.node.revive();
  for (const tab of tabs) await expectReceivedByAll(tab, ["meant"], 1);
  await expect(messages(bob, "regretted")).toHaveCount(0);
  await expect(bob.locator("[data-hole]")).toHaveCount(0);
  await expectSameLog(tabs);
});
