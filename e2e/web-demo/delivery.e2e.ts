import { expect, test } from "playwright/test";
import {
  composer,
  expectDelivery,
  expectOnceEach,
  expectReceivedByAll,
  expectSameLog,
  inviteCode,
  joinByCode,
  messages,
  send,
  textsOf,
} from "../support/demo-page.ts";
import { useStage } from "../support/use-stage.ts";

const stage = useStage();

test("three tabs exchange messages, and every tab's matrix says that all have each of them", async () => {
  const [alice, bob, carol] = await stage.meet("Alice", "Bob", "Carol");
  const tabs = [alice, bob, carol];
  await send(alice, "Is everybody here?");
  await send(bob, "I am");
  await send(carol, "So am I");
  await Promise.all([send(alice, "Then let us begin"), send(bob, "One moment"), send(carol, "Ready")]);

  const said = ["Is everybody here?", "I am", "So am I", "Then let us begin", "One moment", "Ready"];
  for (const tab of tabs) await expectReceivedByAll(tab, said, 2);
  await expectOnceEach(tabs, said);
  await expectSameLog(tabs);
});

test("an answer stands behind what it answers, in every tab", async () => {
  const [alice, bob, carol] = await stage.meet("Alice", "Bob", "Carol");
  await send(alice, "question 1");
  for (let turn = 1; turn <= 4; turn += 1) {
    await messages(bob, `question ${turn}`).waitFor();
    await send(bob, `answer ${turn}`);
    await messages(alice, `answer ${turn}`).waitFor();
    await send(alice, `question ${turn + 1}`);
  }
  const talk = [1, 2, 3, 4].flatMap((turn) => [`question ${turn}`, `answer ${turn}`]);
  for (const tab of [alice, bob, carol]) await expect.poll(() => textsOf(tab)).toEqual([...talk, "question 5"]);
});

test('two people say "ok" at the same time, twice: four messages, all received', async () => {
  const [alice, bob] = await stage.meet("Alice", "Bob");
  const tabs = [alice, bob];
  for (let time = 1; time <= 2; time += 1) {
    await Promise.all(tabs.map((tab) => composer(tab).fill("ok")));
    await Promise.all(tabs.map((tab) => composer(tab).press("Enter")));
    await Promise.all(tabs.map((tab) => expect(composer(tab)).toHaveValue("")));
  }
  for (const tab of tabs) {
    await expect(messages(tab, "ok")).toHaveCount(4);
    await expect(messages(tab, "ok").locator("[data-delivery=everyone]")).toHaveCount(4);
    for (const mark of await messages(tab, "ok").locator("[data-delivery]").all())
      await expect(mark).toHaveText("Received by all 1");
  }
  await expectSameLog(tabs);
});

test("somebody who joins later reads what was said before, and the mark counts those who were there", async () => {
  const [alice, bob] = await stage.meet("Alice", "Bob");
  await send(alice, "said early");
  await expectDelivery(alice, "said early", "everyone", "Received by all 1");
  const carol = await stage.openTab();
  await joinByCode(carol, stage.startUrl, await inviteCode(alice), "Carol");
  await messages(carol, "said early").waitFor();
  await send(alice, "said late");
  for (const tab of [alice, bob, carol]) await expectReceivedByAll(tab, ["said late"], 2);
  await expectSameLog([alice, bob, carol]);
});

test("an announcement is chosen for one message, shown as such, and confirmed by a share of those who are here", async () => {
  const [alice, bob, carol] = await stage.meet("Alice", "Bob", "Carol");
  const choice = alice.getByRole("checkbox", { name: "Announcement" });
  await choice.check();
  await expect(alice.getByText("Confirmed once 80 % have it")).toBeVisible();
  await send(alice, "The harbour closes at six");
  await expect(choice).not.toBeChecked();
  await send(alice, "See you there");
  for (const tab of [alice, bob, carol]) {
    await expect(messages(tab, "The harbour closes at six")).toContainText("Announcement");
    await expect(messages(tab, "See you there")).not.toContainText("Announcement");
  }
  await expectReceivedByAll(alice, ["The harbour closes at six", "See you there"], 2);
});

test("the choice to announce outlives a reload, with the text it was made for", async () => {
  const [alice] = await stage.meet("Alice");
  await composer(alice).fill("To be announced");
  await alice.getByRole("checkbox", { name: "Announcement" }).check();
  await alice.reload();
  await expect(composer(alice)).toHaveValue("To be announced");
  await expect(alice.getByRole("checkbox", { name: "Announcement" })).toBeChecked();
});
