import { describe, expect, test } from "vitest";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

//= protocol: LIMIT-7
test("places taken by what never comes to its time go to what does", () => {
  const core = new OneCore();
  core.online();
  for (let number = 0; number < 256; number++) core.receive(`far-${number}`, "liar", { lamport: 2 ** 52 + number });
  core.receive("soon", "ben", { lamport: core.now + 12 * MINUTE });
  core.receive("farther", "liar", { lamport: 2 ** 52 + 999 });
  expect(core.take("reject").map(({ reason }) => reason)).toEqual(["embargo-full", "embargo-full"]);
  expect(core.state.receive.embargoed.size).toBe(256);
  expect(core.state.receive.embargoed.has(asMessageId("far-255"))).toBe(false);
  core.wait(3 * MINUTE);
  expect([...core.state.log.order].map(({ id }) => id)).toEqual(["soon"]);
});

describe("where a start reads the Store again", () => {
  function kept(core: OneCore): number | undefined {
    core.step({ kind: "history-read", source: "", cursor: core.now });
    expect(core.state.receive.historyCursor).toBe(core.now);
    return core.tables.load().meta.historyCursor;
  }

  //= protocol: STORE-3
  test("before an embargoed message that came live, until it is taken in", () => {
    const core = new OneCore();
    core.online();
    const came = core.now;
    core.receive("early", "ben", { lamport: came + 2 * HOUR });
    core.wait(90 * MINUTE);
    expect(kept(core)).toBe(came);
    core.wait(30 * MINUTE);
    expect(core.state.log.order.size).toBe(1);
    expect(kept(core)).toBe(core.now);
  });

  //= protocol: STORE-3
  test("and before one out of a Store, through restarts", () => {
    const core = new OneCore();
    core.online();
    const cursor = core.now - HOUR;
    core.step({ kind: "history-read", source: "", cursor });
    const lamport = core.now + 2 * HOUR;
    core.receive("early", "ben", { lamport, source: "store" });
    expect(kept(core)).toBe(cursor);
    core.restart();
    expect(core.state.receive.historyCursor).toBe(cursor);
    core.receive("early", "ben", { lamport, source: "store" });
    expect(kept(core)).toBe(cursor);
  });

  //= protocol: STORE-3
  test("a day back at most, and not for what comes to its time in more than a day", () => {
    const core = new OneCore();
    core.online();
    core.receive("far", "liar", { lamport: core.now + 30 * HOUR });
    expect(kept(core)).toBe(core.now);
    core.wait(25 * HOUR);
    expect(kept(core)).toBe(core.now - 24 * HOUR);
  });

  //= protocol: STORE-3
  test("for what comes to its time within a day, though its timestamp is further away than that", () => {
    const core = new OneCore();
    core.online();
    const came = core.now;
    core.receive("tomorrow", "ben", { lamport: came + 24 * HOUR + 5 * MINUTE });
    core.wait(MINUTE);
    expect(kept(core)).toBe(came);
  });
});

test("of two copies that come before their time, the lower is taken in when it has come", () => {
  for (const order of [
    ["x", "y"],
    ["y", "x"],
  ]) {
    const core = new OneCore({}, "sds");
    core.online();
    const lamport = core.now + 12 * MINUTE;
    for (const sender of order) {
      const unsigned = { signed: false, publicKey: null, authorSeq: null };
      const content = { ...core.content(asMessageId("ok"), sender, { lamport }), ...unsigned };
      core.step({ kind: "receive-content", content, claim: null, source: "live", hint: undefined });
    }
    expect(core.state.log.order.size).toBe(0);
    core.wait(3 * MINUTE);
    expect([...core.state.log.order].map(({ author }) => `${author.id}`)).toEqual(["x"]);
  }
});
