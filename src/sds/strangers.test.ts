import { expect, test } from "vitest";
import { MAX_STRANGERS } from "./parameters/limits.ts";
import { OneCore } from "./testing/one-core.ts";
import { asParticipantId } from "./wire/ids.ts";

function crowded(): OneCore {
  const core = new OneCore();
  core.online();
  core.receive("hello", "ben");
  for (let key = 0; key < MAX_STRANGERS + 500; key++) core.hear(`key ${key}`, ["hello"]);
  return core;
}

const isKnown = (core: OneCore, name: string) => core.state.participants.byId.has(asParticipantId(name));

//= protocol: LIMIT-8
test("keys that only said syncs are kept up to a limit, what more of them say is refused and counted", () => {
  const core = crowded();
  expect(core.state.participants.all).toHaveLength(MAX_STRANGERS + 2);
  expect(core.take("reject")).toHaveLength(500);
  core.restart();
  core.online();
  core.hear("one more", ["hello"]);
  expect(core.take("reject")).toEqual([{ kind: "reject", reason: "strangers-full" }]);
  expect(core.state.participants.all).toHaveLength(MAX_STRANGERS + 2);
});

test("who writes is let in, also after a restart, and makes no place for others", () => {
  const core = crowded();
  core.take("reject");
  core.receive("my name is cleo", "cleo");
  core.hear("cleo", ["hello"], { lamport: core.now + 1 });
  expect(isKnown(core, "cleo")).toBe(true);
  core.receive("now I write", "key 7");
  core.hear("dora", ["hello"]);
  expect(isKnown(core, "dora"), "a place became free").toBe(true);
  core.hear("emil", ["hello"]);
  expect(isKnown(core, "emil")).toBe(false);
  core.restart();
  expect(core.state.participants.strangers.size).toBe(MAX_STRANGERS);
  core.hear("key 9", ["hello"], { lamport: core.now + 1 });
  expect(core.take("reject"), "who is known is heard").toHaveLength(1);
});
