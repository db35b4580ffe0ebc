import { expect, test } from "vitest";
import { OneCore } from "./testing/one-core.ts";

const MINUTE = 60_000;

test("what a Store keeps is sent again only when somebody is heard who lacks it", () => {
  const core = new OneCore();
  core.online();
  const id = core.say("hello");
  expect(core.taken()).toEqual([id]);
  core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  expect(core.state.outbox.get(id)?.stage).toBe("stored");
  core.wait(30 * MINUTE);
  expect(core.take("send"), "nobody is there").toEqual([]);
  core.hear("ben", []);
  core.wait(MINUTE);
  expect(core.taken()).toEqual([id]);
  core.wait(30 * MINUTE);
  expect(core.take("send"), "not heard since").toEqual([]);
  core.hear("ben", [id]);
  core.wait(30 * MINUTE);
  expect(core.take("send"), "has it").toEqual([]);
  expect(core.state.outbox.get(id)?.stage).toBe("settled");
});

test("of several stored messages only the newest goes out, also after a restart", () => {
  const core = new OneCore();
  core.online();
  const ids = ["one", "two", "three"].map((text) => {
    core.wait(10);
    return core.say(text);
  });
  core.taken();
  for (const id of ids) core.step({ kind: "seen-again", whole: true, id, source: "store", hint: undefined });
  core.restart();
  core.online();
  core.wait(10 * MINUTE);
  expect(core.take("send")).toEqual([]);
  core.hear("ben", []);
  core.wait(MINUTE);
  expect(core.taken()).toEqual(ids.slice(-1));
});
