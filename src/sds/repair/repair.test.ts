import { describe, expect, it } from "vitest";
import { planAsking } from "../holes/missing-schedule.ts";
import { ownMissing } from "../holes/own.ts";
import { type Core, NetworkOfCores } from "../testing/network-of-cores.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, type MessageId } from "../wire/ids.ts";
import { ownRepair } from "./own.ts";
import { beginEagerRequests, nextAnswerAt, nextRequestSyncAt, noteEagerSync } from "./repair.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

//= protocol: REPAIR-3
it("asks again of itself for what others wait for, however quiet it is", () => {
  const { net, ada } = blocked();
  const [missing] = ada.state.holes.missing.values();
  if (missing === undefined) throw new Error("Nothing is missing.");
  expect(ada.state.log.buffered.size).toBe(1);
  ownMissing(missing).requests = 2;
  ownMissing(missing).requestAt = net.now + 10 * SECOND;
  planAsking(ada.state, missing);
  ownRepair(ada.state).eagerUntil = net.now;
  noteEagerSync(ada.state, net.now);
  // At most one such sync in half a minute: the last one left now.
  expect(nextRequestSyncAt(ada.state)).toBe(net.now + 30 * SECOND);
  ownMissing(missing).requestAt = net.now + 80 * SECOND;
  expect(nextRequestSyncAt(ada.state)).toBe(net.now + 80 * SECOND);
});

//= protocol: REPAIR-9
it.each(["offline", "asleep"])("gives no answers of last night after a night %s", (where) => {
  const core = new OneCore();
  core.online();
  core.receive("m", "ann");
  core.hear("ben", [], { repairRequests: [{ messageId: asMessageId("m"), retrievalHint: undefined }] });
  expect(core.state.repair.answers.size).toBe(1);
  if (where === "offline") core.online(false);
  core.now += 8 * 60 * MINUTE;
  if (where === "offline") core.online();
  core.wait(MINUTE);
  expect(core.take("repair")).toEqual([]);
});

describe("what others ask for that we miss too", () => {
  /** Ben says that he has `x`, which never came here. Others ask for it as often as told. */
  function missing() {
    const core = new OneCore();
    core.online();
    core.hear("ben", ["x"]);
    const requestAt = () => core.state.holes.missing.get(asMessageId("x"))?.requestAt ?? Number.NaN;
    const ask = (who: string) => {
      core.now += 1;
      core.hear(who, [], { repairRequests: [{ messageId: asMessageId("x"), retrievalHint: undefined }] });
    };
    return { core, requestAt, ask };
  }

  it("makes us wait with our own request once, however many go on asking, and then it leaves", () => {
    const { core, requestAt, ask } = missing();
    const planned = requestAt();
    core.now = planned - 10;
    ask("cleo");
    const postponed = requestAt();
    expect(postponed).toBeGreaterThan(planned);
    for (const who of ["cleo", "dora", "eva", "cleo"]) {
      core.now = postponed - 10;
      ask(who);
      expect(requestAt()).toBe(postponed);
    }
    core.take("send-sync");
    core.now = postponed;
    core.wait(5 * SECOND);
    const asked = core.take("send-sync").flatMap(({ sync }) => sync.repairRequests.map(({ messageId }) => messageId));
    expect(asked).toEqual(["x"]);
  });

  it("never makes our request come sooner than it was planned", () => {
    const { core, requestAt, ask } = missing();
    const [gap] = core.state.holes.missing.values();
    if (gap === undefined) throw new Error("Nothing is missing.");
    ownMissing(gap).requestAt = core.now + 5 * MINUTE;
    ask("cleo");
    expect(requestAt()).toBe(core.now - 1 + 5 * MINUTE);
  });

  it("is not answered by us, and asked for by nobody's request alone", () => {
    const { core, ask } = missing();
    ask("cleo");
    core.hear("cleo", [], { repairRequests: [{ messageId: asMessageId("unheard of"), retrievalHint: undefined }] });
    expect(core.state.repair.answers.size).toBe(0);
    expect([...core.state.holes.missing.keys()]).toEqual(["x"]);
  });
});

describe("an answer", () => {
  function asked() {
    const core = new OneCore();
    core.online();
    core.receive("m", "ann");
    core.hear("ben", [], { repairRequests: [{ messageId: asMessageId("m"), retrievalHint: undefined }] });
    const at = core.state.repair.answers.get(asMessageId("m"))?.at ?? Number.NaN;
    return { core, at };
  }

  it("is given once, at its time and not before, and a wake is asked for then", () => {
    const { core, at } = asked();
    expect(nextAnswerAt(core.state, core.now)).toBe(at);
    core.wait(at - core.now - 1);
    expect(core.take("repair")).toEqual([]);
    core.wait(1);
    expect(core.take("repair").map(({ id }) => id)).toEqual(["m"]);
    expect(nextAnswerAt(core.state, core.now)).toBe(Number.POSITIVE_INFINITY);
    core.wait(5 * MINUTE);
    expect(core.take("repair")).toEqual([]);
  });

  it("keeps its time when asked for again, and is not given when somebody was faster", () => {
    const { core, at } = asked();
    core.now += SECOND;
    core.hear("cleo", [], { repairRequests: [{ messageId: asMessageId("m"), retrievalHint: undefined }] });
    expect(core.state.repair.answers.get(asMessageId("m"))?.at).toBe(at);
    core.step({ kind: "seen-again", whole: true, id: asMessageId("m"), source: "live", hint: undefined });
    core.wait(5 * MINUTE);
    expect(core.take("repair")).toEqual([]);
  });
});

//= protocol: REPAIR-10
it("is about to answer one requester forty times at most, however much it asks for, and others all the same", () => {
  const core = new OneCore();
  core.online();
  let parents: { id: MessageId; lamport: number }[] = [];
  for (let count = 0; count < 100; count++) {
    const [id, lamport] = [asMessageId(`m${count}`), ++core.now];
    core.receive(id, "ann", { parents, lamport });
    parents = [{ id, lamport }];
  }
  const ask = (who: string, ids: readonly number[]) => {
    core.now += 1;
    const repairRequests = ids.map((id) => ({ messageId: asMessageId(`m${id}`), retrievalHint: undefined }));
    core.hear(who, [], { repairRequests });
  };
  // With what is asked for go the 32 messages before it.
  ask("ben", [99]);
  expect(core.state.repair.answers.size).toBe(33);
  for (let count = 0; count < 5; count++) ask("ben", [40, 60, 20, 10]);
  expect(core.state.repair.answers.size).toBe(40);
  ask("cleo", [5]);
  expect(core.state.repair.answers.size).toBe(46);
});

//= protocol: REPAIR-2
it("gathers first requests for two seconds", () => {
  const { net, ada } = blocked();
  const [missing] = ada.state.holes.missing.values();
  if (missing === undefined) throw new Error("Nothing is missing.");
  ownMissing(missing).requests = 0;
  ownMissing(missing).requestAt = net.now + SECOND;
  planAsking(ada.state, missing);
  noteEagerSync(ada.state, net.now);
  expect(nextRequestSyncAt(ada.state)).toBe(net.now + 2 * SECOND);
  ownMissing(missing).requestAt = net.now + 5 * SECOND;
  planAsking(ada.state, missing);
  expect(nextRequestSyncAt(ada.state)).toBe(net.now + 5 * SECOND);
});

//= protocol: REPAIR-3
it("leaves it to other syncs once nothing waits any more", () => {
  const { net, ada } = blocked();
  net.run(15 * MINUTE);
  const [missing] = ada.state.holes.missing.values();
  expect(ada.state.log.buffered.size).toBe(0);
  expect(missing?.state).toBe("lost");
  expect(missing?.requests).toBeGreaterThanOrEqual(4);
  expect(nextRequestSyncAt(ada.state)).toBe(Number.POSITIVE_INFINITY);
});

/** Ada holds a message of Ben whose cause she missed, and he is gone. */
function blocked(): { readonly net: NetworkOfCores; readonly ada: Core } {
  const net = new NetworkOfCores({
    ...{ seed: 1, participants: 2, loss: 0, duplication: 0, latencyMs: [10, 20], store: false },
  });
  const [ada, ben] = net.cores as [Core, Core];
  for (const core of net.cores) net.setOnline(core, true);
  net.run(MINUTE);
  net.setOnline(ada, false);
  net.say(ben, "unheard");
  net.run(SECOND);
  net.setOnline(ada, true);
  net.run(10);
  net.say(ben, "heard");
  net.run(100);
  net.setOnline(ben, false);
  return { net, ada };
}

//= protocol: REPAIR-3
it("for two minutes after a connection asks again of itself, one sync in 20 s, though nothing waits", () => {
  const { net, ada } = blocked();
  net.run(15 * MINUTE);
  const [missing] = ada.state.holes.missing.values();
  if (missing === undefined) throw new Error("Nothing is missing.");
  expect(nextRequestSyncAt(ada.state)).toBe(Number.POSITIVE_INFINITY);
  beginEagerRequests(ada.state, net.now);
  noteEagerSync(ada.state, net.now);
  ownMissing(missing).requestAt = net.now + SECOND;
  planAsking(ada.state, missing);
  expect(nextRequestSyncAt(ada.state)).toBe(net.now + 20 * SECOND);
  ownMissing(missing).requestAt = net.now + 2 * MINUTE;
  planAsking(ada.state, missing);
  expect(nextRequestSyncAt(ada.state)).toBe(Number.POSITIVE_INFINITY);
});
