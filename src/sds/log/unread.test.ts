import { expect, test } from "vitest";
import { MESSAGE_TYPE } from "../parameters/message-type.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";

/** Behind what was read to, and what came later before it. */
const counts = ({ state }: OneCore) => [state.log.unread.behind, state.log.unread.late];

function online(): OneCore {
  const core = new OneCore();
  core.online();
  return core;
}

test("what others write to be read is unread, own messages and what nobody reads are not, also after a restart", () => {
  const core = online();
  core.receive("one", "ben", { lamport: ++core.now });
  core.now += 1;
  core.say("mine");
  core.now += 1;
  const status = { ...core.content(asMessageId("status"), "ben", { authorSeq: 2 }), type: MESSAGE_TYPE.status };
  core.step({ kind: "receive-content", content: status, claim: null, source: "live", hint: undefined });
  core.now += 1;
  const storm = { ...core.content(asMessageId("storm"), "ben", { authorSeq: 3 }), type: MESSAGE_TYPE.announcement };
  core.step({ kind: "receive-content", content: storm, claim: null, source: "live", hint: undefined });
  expect(counts(core)).toEqual([2, 0]);
  core.restart();
  expect(counts(core)).toEqual([2, 0]);
});

test("reading up to a place leaves what is behind it; reading an earlier place again changes nothing", () => {
  const core = online();
  const start = core.now;
  for (const at of [1, 2, 3]) core.receive(`m${at}`, "ben", { lamport: start + at });
  core.now += 10;
  core.step({ kind: "marked-read", lamport: start + 2 });
  expect(counts(core)).toEqual([1, 0]);
  core.step({ kind: "marked-read", lamport: start + 1 });
  expect(counts(core)).toEqual([1, 0]);
  core.restart();
  expect([counts(core), core.state.log.unread.lastReadLamport]).toEqual([[1, 0], start + 2]);
});

test("what comes late, before what was read to, is unread too, until something is read", () => {
  const core = online();
  const start = core.now;
  core.receive("m5", "ben", { lamport: start + 5 });
  core.now += 10;
  core.step({ kind: "marked-read", lamport: start + 5 });
  core.receive("m4", "cleo", { lamport: start + 4 });
  core.receive("m5b", "cleo", { lamport: start + 5 });
  expect(counts(core)).toEqual([0, 2]);
  core.restart();
  expect(counts(core)).toEqual([0, 2]);
  core.step({ kind: "marked-read", lamport: start + 5 });
  core.restart();
  expect(counts(core)).toEqual([0, 0]);
});
