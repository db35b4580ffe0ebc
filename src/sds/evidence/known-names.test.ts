import { expect, test } from "vitest";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { OneCore } from "../testing/one-core.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const WITNESSES = ["ann", "ben", "cleo"];

/** So many said their name, and so many others said that they have all of these. */
function named(count: number, witnesses: number, type: number = MESSAGE_TYPE.profile): OneCore {
  const core = new OneCore();
  core.online();
  const ids = Array.from({ length: count }, (_, number) => `name ${number}`);
  for (const id of ids) core.receive(id, `author of ${id}`, { type });
  for (const witness of WITNESSES.slice(0, witnesses)) core.hear(witness, ids);
  return core;
}

function listedBy(core: OneCore): string[] {
  core.wait(40 * SECOND);
  const [first] = core.take("send-sync");
  if (first === undefined) throw new Error("Nothing was said.");
  return first.sync.causalHistory.map(({ messageId }) => `${messageId}`);
}

//= protocol: SYNC-11, SYNC-1
test("of names that three others have a sync lists four, and all that fewer have", () => {
  expect(listedBy(named(20, 3))).toHaveLength(4);
  expect(listedBy(named(20, 2))).toHaveLength(20);
  expect(listedBy(named(4, 3))).toHaveLength(4);
});

//= protocol: SYNC-11
test("other messages are listed whoever has them", () => {
  expect(listedBy(named(20, 3, MESSAGE_TYPE.chat))).toHaveLength(20);
});

//= protocol: SYNC-11
test("its author's own word, and mine, are none by others", () => {
  const core = named(20, 2);
  core.hear("author of name 0", ["name 0"]);
  expect(listedBy(core)).toHaveLength(20);
});

//= protocol: SYNC-11
test("all of them are named in time, for who comes later", () => {
  const core = named(8, 3);
  const seen = new Set<string>();
  for (let hours = 0; hours < 12; hours++) {
    core.wait(HOUR);
    for (const { sync } of core.take("send-sync"))
      for (const { messageId } of sync.causalHistory) seen.add(`${messageId}`);
  }
  expect(seen.size).toBe(8);
});

//= protocol: TRICKLE-1
test("a sync that leaves them out agrees with us, and one that leaves out another head does not", () => {
  const consistent = (type: number) => {
    const core = named(5, 3, type);
    // Somebody new is a difference; who says the second time what they said the first is not.
    core.hear("dora", []);
    core.now++;
    core.hear("dora", []);
    return core.state.sync.consistentSigners.size;
  };
  expect(consistent(MESSAGE_TYPE.profile)).toBe(1);
  expect(consistent(MESSAGE_TYPE.chat)).toBe(0);
});
