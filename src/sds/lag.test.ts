import { describe, expect, it } from "vitest";
import { createStepContext } from "./io/step-context.ts";
import { takeRepairRequests } from "./repair/repair.ts";
import { nextWakeAt } from "./schedules.ts";
import { receiptPrefixOf } from "./sync/receipts.ts";
import { OneCore } from "./testing/one-core.ts";
import { asMessageId } from "./wire/ids.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Connected, and everything said that a connection is a reason for. */
function quiet(parameters = {}): OneCore {
  const core = new OneCore(parameters);
  core.online();
  core.wait(30 * SECOND);
  core.effects = [];
  return core;
}

const asksFor = (id: string) => ({ repairRequests: [{ messageId: asMessageId(id), retrievalHint: undefined }] });

//= protocol: LAG-1
describe("a sync that is due while the intake lags", () => {
  it("waits for one to two minutes, and then is said all the same, once", () => {
    const core = quiet();
    core.lagMs = SECOND;
    core.receive("m", "ann");
    core.wait(60 * SECOND);
    expect(core.take("send-sync")).toEqual([]);
    core.wait(65 * SECOND);
    expect(core.take("send-sync")).toHaveLength(1);
    core.receive("n", "ann");
    core.wait(60 * SECOND);
    expect(core.take("send-sync"), "the next one waits as long").toEqual([]);
  });

  it("is said within the ack window after the intake has caught up, and not all at that moment", () => {
    const delays = ["a", "b", "c"].map((id, turn) => {
      const core = quiet();
      for (let count = 0; count < turn; count++) core.hear("ann", []);
      core.lagMs = 20 * SECOND;
      core.receive(id, "ann");
      core.wait(20 * SECOND);
      core.lagMs = SECOND - 1;
      const from = core.now;
      for (let waited = 0; waited < 7 * SECOND && core.effects.length === 0; waited += 100) core.wait(100);
      expect(core.take("send-sync")).toHaveLength(1);
      return core.now - from;
    });
    expect(Math.max(...delays)).toBeLessThanOrEqual(6 * SECOND);
    expect(Math.max(...delays)).toBeGreaterThan(SECOND + 100);
  });

  it("wakes nobody more than once a second meanwhile", () => {
    const core = quiet();
    core.lagMs = 5 * SECOND;
    core.receive("m", "ann");
    core.wait(6 * SECOND);
    expect(nextWakeAt(core.state, core.now)).toBeGreaterThan(core.now);
    core.step({ kind: "wake" });
    expect(nextWakeAt(core.state, core.now)).toBe(core.now + SECOND);
  });

  it("is not put off once more by a lag that came and went while nothing was due", () => {
    const core = quiet();
    core.lagMs = 5 * SECOND;
    core.step({ kind: "wake" });
    core.lagMs = 0;
    core.receive("m", "ann");
    core.wait(6 * SECOND);
    expect(core.take("send-sync")).toHaveLength(1);
  });

  it("that is needed no more while it waits puts off none that comes to be due later", () => {
    const core = quiet();
    core.lagMs = 5 * SECOND;
    core.receive("m", "ann");
    core.wait(6 * SECOND);
    expect(core.state.sync.held).toBe(true);
    // It says the same, and then nothing is due.
    core.say("hello");
    core.lagMs = 0;
    core.step({ kind: "wake" });
    core.receive("n", "ann");
    core.wait(Math.ceil((core.state.sync.ackAt ?? Number.NaN) - core.now));
    expect(core.take("send-sync")).toHaveLength(1);
  });

  it("keeps its time when the clock is set back", () => {
    const core = quiet();
    core.lagMs = 5 * SECOND;
    core.receive("m", "ann");
    core.wait(10 * SECOND);
    core.now -= 60 * MINUTE;
    core.step({ kind: "wake" });
    core.wait(125 * SECOND);
    expect(core.take("send-sync")).toHaveLength(1);
  });
});

//= protocol: LAG-2
describe("what is missing while the intake lags", () => {
  it("is asked for, of a Store, when all is taken in that was pushed in the time for reordering", () => {
    const core = quiet();
    core.lagMs = 10 * SECOND;
    core.receive("child", "ann", { parents: [{ id: asMessageId("m"), lamport: core.now - 1 }] });
    const missing = core.state.holes.missing.get(asMessageId("m"));
    expect(missing?.askAt, "it was named ten seconds ago").toBe(core.now - 8 * SECOND);
    expect(missing?.requestAt).toBeLessThan(core.now);
    core.lagMs = 15 * SECOND;
    core.wait(6 * SECOND);
    expect(core.take("fetch")).toEqual([]);
    core.wait(SECOND);
    expect(core.take("fetch")).toHaveLength(1);
  });

  it("is asked for, of the others, when all is taken in that was pushed until then", () => {
    const core = quiet();
    core.receive("child", "ann", { parents: [{ id: asMessageId("m"), lamport: core.now - 1 }] });
    core.wait(SECOND);
    core.effects = [];
    // Not so late that syncs wait, and later all the same.
    core.lagMs = 900;
    core.step({ kind: "wake" });
    const requestAt = core.state.holes.missing.get(asMessageId("m"))?.requestAt ?? Number.NaN;
    core.wait(requestAt + 800 - core.now);
    const asked = () => core.take("send-sync").filter(({ sync }) => sync.repairRequests.length > 0);
    expect(asked()).toEqual([]);
    core.wait(200);
    expect(asked()).toHaveLength(1);
  });

  it("is asked for once more, of the others, no sooner than that either", () => {
    const core = quiet({ idleSyncMinMs: 10 * MINUTE });
    core.receive("child", "ann", { parents: [{ id: asMessageId("m"), lamport: core.now - 1 }] });
    const missing = core.state.holes.missing.get(asMessageId("m"));
    for (let waited = 0; missing?.requests === 0 && waited < 20; waited++) core.wait(SECOND);
    expect(missing?.requests).toBe(1);
    core.effects = [];
    core.lagMs = 900;
    core.step({ kind: "wake" });
    core.wait((missing?.requestAt ?? Number.NaN) + 800 - core.now);
    expect(core.take("send-sync"), "nor is a sync said that would ask for nothing").toEqual([]);
    core.wait(200);
    expect(core.take("send-sync").map(({ sync }) => sync.repairRequests.length)).toEqual([1]);
  });

  it("is not asked for by a sync that is said for another reason meanwhile", () => {
    const core = quiet();
    core.receive("child", "ann", { parents: [{ id: asMessageId("m"), lamport: core.now - 1 }] });
    const requestAt = core.state.holes.missing.get(asMessageId("m"))?.requestAt ?? Number.NaN;
    const asked = (now: number) => takeRepairRequests(createStepContext(core.state, { now, random: () => 0.5 }));
    core.lagMs = 900;
    core.step({ kind: "wake" });
    expect(asked(requestAt + 899)).toEqual([]);
    expect(asked(requestAt + 900)).toHaveLength(1);
  });

  it("is asked for at once when a person wants it", () => {
    const core = quiet();
    core.receive("child", "ann", { parents: [{ id: asMessageId("m"), lamport: core.now - 1 }] });
    core.wait(5 * SECOND);
    core.take("fetch");
    core.lagMs = 10 * SECOND;
    core.step({ kind: "fetch-again", id: asMessageId("m") });
    expect(core.take("fetch")).toHaveLength(1);
  });
});

it("by less than nothing, as after the clock was set back, is an intake that is not behind", () => {
  const core = quiet();
  core.lagMs = -60 * SECOND;
  core.step({ kind: "wake" });
  expect(core.state.clock.intakeLagMs).toBe(0);
});

//= protocol: LAG-3
it("sends an own message again later by the lag, as its receipt may wait there, but at once when a person asks", () => {
  const core = quiet({ resendFirstMs: 5 * SECOND });
  core.lagMs = 10 * SECOND;
  const id = core.say("hello");
  expect(core.taken(), "the first time it does not wait").toEqual([id]);
  core.wait(13 * SECOND);
  expect(core.take("send")).toEqual([]);
  core.wait(4 * SECOND);
  expect(core.taken()).toEqual([id]);
  core.step({ kind: "send-again", id });
  expect(core.take("send")).toHaveLength(1);
});

//= protocol: LAG-4
describe("a request that waited in the own intake", () => {
  it("gets no answer when others have given it", () => {
    const core = quiet();
    core.receive("m", "ann");
    core.hear("ben", [], { ...asksFor("m"), waitedMs: 20 * SECOND });
    expect(core.state.repair.answers.size).toBe(0);
    core.now++;
    core.hear("ben", [], { ...asksFor("m"), waitedMs: 20 * SECOND - 1 });
    expect(core.state.repair.answers.size).toBe(1);
  });

  it("is answered in the place that it has by when it came", () => {
    const [now, waited] = [quiet(), quiet()];
    for (const core of [now, waited]) core.receive("m", "ann");
    now.hear("ben", [], asksFor("m"));
    waited.now += 3 * SECOND;
    waited.hear("ben", [], { ...asksFor("m"), waitedMs: 3 * SECOND });
    const at = (core: OneCore) => core.state.repair.answers.get(asMessageId("m"))?.at;
    expect(at(waited)).toBe(at(now));
  });

  it("is answered when all is taken in that came before its time: somebody may have been faster", () => {
    const core = quiet();
    core.receive("m", "ann");
    core.hear("ben", [], asksFor("m"));
    const at = core.state.repair.answers.get(asMessageId("m"))?.at ?? Number.NaN;
    core.lagMs = 4 * SECOND;
    core.step({ kind: "wake" });
    core.wait(at + 3_900 - core.now);
    expect(core.take("repair")).toEqual([]);
    core.wait(200);
    expect(core.take("repair")).toHaveLength(1);
  });

  it("is forgotten when the intake is behind by all the time in which it could be answered", () => {
    const core = quiet();
    core.receive("m", "ann");
    core.hear("ben", [], asksFor("m"));
    const at = core.state.repair.answers.get(asMessageId("m"))?.at ?? Number.NaN;
    core.lagMs = 20 * SECOND;
    core.step({ kind: "wake" });
    core.wait(at + 20 * SECOND - 1 - core.now);
    core.step({ kind: "wake" });
    expect(core.state.repair.answers.size).toBe(1);
    core.wait(1);
    core.step({ kind: "wake" });
    expect(core.state.repair.answers.size).toBe(0);
    expect(core.take("repair")).toEqual([]);
  });

  it("is not forgotten because the network's limit holds the answer up, as long as the intake is not behind", () => {
    // 15 % of seven: one answer, and another one after some minutes.
    const core = quiet({ budgetPerTenMinutes: 7 });
    for (const id of ["m", "n"]) core.receive(id, "ann");
    for (const id of ["m", "n"]) {
      core.now++;
      core.hear("ben", [], asksFor(id));
    }
    core.wait(15 * MINUTE);
    expect(core.take("repair")).toHaveLength(2);
  });

  it("puts our own for the same off from when it came", () => {
    const requestAtAfter = (waitedMs: number) => {
      const core = quiet();
      core.hear("ben", ["x"]);
      core.now += SECOND;
      core.hear("cleo", [], { ...asksFor("x"), waitedMs });
      return core.state.holes.missing.get(asMessageId("x"))?.requestAt ?? Number.NaN;
    };
    expect(requestAtAfter(0) - requestAtAfter(400)).toBe(400);
  });
});

//= protocol: LAG-5
it("names what receipts were asked for long ago in the next sync, and says none for it", () => {
  const plannedFor = (waitedMs: number) => {
    const core = quiet();
    core.receive("m", "ben");
    core.wait(30 * SECOND);
    const [self] = core.state.participants.all;
    core.hear("ben", ["m"], { receiptsWantedFrom: self === undefined ? [] : [receiptPrefixOf(self)], waitedMs });
    expect(core.state.sync.asked.size).toBe(1);
    return core.state.sync.ackAt;
  };
  expect(plannedFor(5 * SECOND)).not.toBeNull();
  expect(plannedFor(5 * SECOND + 1)).toBeNull();
});
