import { expect, test } from "vitest";
import { receivedBy } from "./evidence.ts";
import { asMessageId } from "./ids.ts";
import { nextWakeAt } from "./step.ts";
import { OneCore } from "./testing/one-core.ts";

const HISTORY = 10_000;

/** An own message, and so many of Ben's that build on it one after the other. */
function longHistory() {
  const core = new OneCore();
  core.online();
  core.wait(10);
  const own = core.say("at the very beginning");
  let parent = { id: own, lamport: core.state.entries.get(own)?.lamport ?? 0 };
  for (let n = 0; n < HISTORY; n++) {
    core.now++;
    core.receive(`m${n}`, "ben", { lamport: core.now, parents: [parent] });
    parent = { id: asMessageId(`m${n}`), lamport: core.now };
  }
  core.wait(60_000);
  return { core, own };
}

function receiversOf(core: OneCore, id: string): string[] {
  const entry = core.state.entries.get(asMessageId(id));
  if (entry === undefined) throw new Error(`${id} is not held`);
  return [...receivedBy(core.state, entry)].map((index) => core.state.participants[index]?.id ?? "");
}

test("the first word of somebody new is followed through a long log in steps, down to the last message", () => {
  const { core, own } = longHistory();
  core.hear("cleo", [`m${HISTORY - 1}`]);
  expect(receiversOf(core, `m${HISTORY - 1}`), "at once what was named").toContain("cleo");
  expect(receiversOf(core, own), "the rest is for the next steps").not.toContain("cleo");
  let wakes = 0;
  for (; nextWakeAt(core.state, core.now) <= core.now && core.state.unfinishedWalks.length > 0; wakes++) {
    core.step({ kind: "wake" });
  }
  expect(wakes).toBe(2);
  expect(receiversOf(core, own)).toContain("cleo");
  expect(core.state.outbox.get(own)?.stage).toBe("settled");
});

test("a restart in between derives all of it", () => {
  const { core, own } = longHistory();
  core.hear("cleo", [`m${HISTORY - 1}`]);
  core.restart();
  expect(core.state.unfinishedWalks).toEqual([]);
  expect(receiversOf(core, own)).toContain("cleo");
});

test("what is said again meanwhile changes nothing, and a lower bound goes further", () => {
  const { core, own } = longHistory();
  core.hear("cleo", [`m${HISTORY - 1}`], { completeSince: core.now - 70_000 });
  core.hear("cleo", [`m${HISTORY - 1}`], { completeSince: 0, lamport: core.now + 1 });
  core.hear("cleo", [`m${HISTORY - 1}`], { completeSince: 0, lamport: core.now + 2 });
  core.wait(1_000);
  expect(receiversOf(core, own)).toContain("cleo");
  expect(core.state.unfinishedWalks).toEqual([]);
});
