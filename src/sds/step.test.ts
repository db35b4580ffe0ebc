import { describe, expect, it } from "vitest";
import { receivedBy } from "./evidence/received-by.ts";
import { isTrueEdge, type LogEntry } from "./log/log-entry.ts";
import { MESSAGE_TYPE } from "./parameters/message-type.ts";
import { type Core, NetworkOfCores } from "./testing/network-of-cores.ts";
import type { MessageId } from "./wire/ids.ts";

const SEEDS = Array.from({ length: 24 }, (_, index) => 1_000 + index);
const MINUTE = 60_000;

function everybodyOnline(net: NetworkOfCores): void {
  for (const core of net.cores) net.setOnline(core, true);
}

function logIds(core: Core): MessageId[] {
  return [...core.state.log.order].map((entry) => entry.id);
}

/** Promises that hold at any time, whatever the network does. */
function checkInvariants(net: NetworkOfCores): void {
  for (const core of net.cores) {
    const { state } = core;
    expect(new Set(core.delivered).size, "delivered at most once").toBe(core.delivered.length);
    const before = new Set<MessageId>();
    for (const id of core.delivered) {
      const entry = state.log.entries.get(id);
      for (const parent of entry?.parents ?? []) {
        const held = state.log.entries.get(parent.id);
        const late = held !== undefined && core.delivered.includes(parent.id) && !before.has(parent.id);
        const wasLost = core.tables.ledger.some(
          (row) => row.kind === "hole" && row.state === "lost" && row.ids.includes(parent.id),
        );
        expect(late && !wasLost, `${id} before its cause ${parent.id}`).toBe(false);
      }
      before.add(id);
    }
    for (const entry of state.log.entries.values()) {
      for (const index of receivedBy(state, entry)) {
        const holder = net.cores[index === 0 ? core.index : Number(state.participants.all[index]?.id.slice(1))];
        expect(holder?.tables.message.has(entry.id), `${entry.id}: a receipt by ${holder?.index} that lacks it`).toBe(
          true,
        );
      }
    }
    const seqs = core.tables.ledger.map((row) => row.seq);
    expect(seqs, "ledger without gaps").toEqual(seqs.map((_, index) => index + 1));
    const parents = [...state.log.order].flatMap((child) =>
      child.parents.flatMap((reference) => {
        const parent = state.log.entries.get(reference.id);
        return parent !== undefined && isTrueEdge(child, reference, parent) ? [parent] : [];
      }),
    );
    const heads = [...state.log.order].filter((entry) => !parents.includes(entry));
    expect([...state.log.heads].map((entry) => entry.id).sort()).toEqual(heads.map((entry) => entry.id).sort());
  }
}

function expectSameLogs(net: NetworkOfCores, count: number): void {
  const [first] = net.cores;
  for (const core of net.cores) {
    expect(logIds(core).length).toBe(count);
    expect(logIds(core)).toEqual(first === undefined ? [] : logIds(first));
  }
}

function expectAllReceived(net: NetworkOfCores): void {
  for (const core of net.cores) {
    for (const entry of core.state.log.order) {
      expect(receivedBy(core.state, entry).size, `receipts of ${entry.id} at ${core.index}`).toBe(net.cores.length - 1);
    }
  }
}

describe("cores on one network", () => {
  it.each(SEEDS)("seed %i: without loss everybody has everything, in one order, and knows it", (seed) => {
    const net = new NetworkOfCores({
      seed,
      participants: 4,
      loss: 0,
      duplication: 0.2,
      latencyMs: [20, 900],
      store: false,
    });
    everybodyOnline(net);
    net.run(MINUTE);
    for (let n = 0; n < 40; n++) {
      const core = net.cores[Math.floor(net.random() * 4)] as Core;
      net.say(core, `message ${n}`);
      net.run(net.random() * 2_000);
    }
    net.run(2 * MINUTE);
    checkInvariants(net);
    expectSameLogs(net, 40);
    expectAllReceived(net);
  });

  it.each(SEEDS)(
    "seed %i: with loss of three in ten, offline periods, kills and a Store nothing is lost or doubled",
    (seed) => {
      const net = new NetworkOfCores({
        seed,
        participants: 4,
        loss: 0.3,
        duplication: 0.3,
        latencyMs: [20, 2_500],
        store: true,
      });
      everybodyOnline(net);
      let said = 0;
      for (let n = 0; n < 60; n++) {
        const core = net.cores[Math.floor(net.random() * 4)] as Core;
        const dice = net.random();
        if (dice < 0.15) net.setOnline(core, !core.online);
        else if (dice < 0.25) net.restart(core);
        else {
          net.say(core, `message ${n}`);
          said++;
        }
        net.run(net.random() * 20_000);
        checkInvariants(net);
      }
      for (const core of net.cores) if (!core.online) net.setOnline(core, true);
      net.run(40 * MINUTE);
      checkInvariants(net);
      expectSameLogs(net, said);
      // Acks get lost too; the presence floor lets everybody say what they have at least every half hour.
      net.run(240 * MINUTE);
      expectAllReceived(net);
    },
  );

  //= protocol: STORE-4
  it.each(SEEDS)("seed %i: with loss of one in four and no Store, the others repair what is lost", (seed) => {
    const net = new NetworkOfCores({
      seed,
      participants: 4,
      loss: 0.25,
      duplication: 0.1,
      latencyMs: [20, 900],
      store: false,
    });
    everybodyOnline(net);
    net.run(MINUTE);
    for (let n = 0; n < 40; n++) {
      net.say(net.cores[Math.floor(net.random() * 4)] as Core, `message ${n}`);
      net.run(net.random() * 10_000);
    }
    net.run(60 * MINUTE);
    checkInvariants(net);
    expectSameLogs(net, 40);
  });

  it("people who are never online together have each other's messages and receipts by way of the Store", () => {
    const net = new NetworkOfCores({
      seed: 5,
      participants: 2,
      loss: 0,
      duplication: 0,
      latencyMs: [10, 20],
      store: true,
    });
    const [ada, ben] = net.cores as [Core, Core];
    net.setOnline(ada, true);
    const id = net.say(ada, "see you never");
    net.run(MINUTE);
    net.setOnline(ada, false);
    net.setOnline(ben, true);
    net.run(2 * MINUTE);
    expect(logIds(ben)).toEqual([id]);
    net.setOnline(ben, false);
    net.setOnline(ada, true);
    net.run(MINUTE);
    expect([...receivedBy(ada.state, entryOf(ada, id))]).toEqual([1]);
    checkInvariants(net);
  });

  it("asks for the receipts that an announcement lacks", () => {
    const net = new NetworkOfCores({
      seed: 9,
      participants: 5,
      loss: 0.5,
      duplication: 0,
      latencyMs: [10, 300],
      store: true,
    });
    everybodyOnline(net);
    net.run(20 * MINUTE);
    const [ada] = net.cores as [Core];
    const id = net.say(ada, "the boat leaves at nine", MESSAGE_TYPE.announcement);
    net.run(30 * MINUTE);
    expect(entryOf(ada, id).audience.length).toBe(4);
    expect(receivedBy(ada.state, entryOf(ada, id)).size).toBe(4);
    const levels = ada.tables.ledger.filter((row) => row.kind === "level");
    expect(levels).toMatchObject([{ ids: [id], percent: 80 }]);
  });

  //= protocol: RATE-1
  it("keeps to the rate limit of the network, and shows what waits for it", () => {
    const parameters = { budgetPerTenMinutes: 20 };
    const net = new NetworkOfCores({
      seed: 4,
      participants: 2,
      loss: 0,
      duplication: 0,
      latencyMs: [10, 20],
      store: true,
      parameters,
    });
    const [ada, ben] = net.cores as [Core, Core];
    everybodyOnline(net);
    net.run(MINUTE);
    const before = net.published;
    for (let n = 0; n < 30; n++) net.say(ada, `quick ${n}`);
    net.run(1_000);
    expect(net.published - before).toBe(9);
    expect([...ada.state.outbox.open].filter((item) => item.limited).length).toBeGreaterThan(0);
    net.run(60 * MINUTE);
    expect(ben.delivered.length).toBe(30);
    expect(net.published - before).toBeLessThanOrEqual(30 + 9);
    checkInvariants(net);
  });

  it("a restarted core knows what it knew", () => {
    const net = new NetworkOfCores({
      seed: 7,
      participants: 3,
      loss: 0.2,
      duplication: 0,
      latencyMs: [10, 500],
      store: true,
    });
    everybodyOnline(net);
    for (let n = 0; n < 30; n++) {
      net.say(net.cores[n % 3] as Core, `m${n}`);
      net.run(3_000);
    }
    net.run(10 * MINUTE);
    const core = net.cores[0] as Core;
    const before = snapshotOf(core);
    net.restart(core);
    expect(snapshotOf(core)).toEqual(before);
  });

  it("what nobody has is a hole after a while, is asked for on and on, and takes its place when it comes", () => {
    const net = new NetworkOfCores({
      seed: 3,
      participants: 2,
      loss: 0,
      duplication: 0,
      latencyMs: [10, 20],
      store: false,
    });
    const [ada, ben] = net.cores as [Core, Core];
    everybodyOnline(net);
    net.run(MINUTE);
    net.setOnline(ben, false);
    const lost = net.say(ada, "while Ben is away");
    net.run(20);
    // Ada stops sending it, and is gone before Ben can ask her for it.
    net.dispatch(ada, { kind: "stop-sending", id: lost });
    net.run(1_000);
    net.setOnline(ben, true);
    const next = net.say(ada, "and then this");
    net.run(100);
    net.setOnline(ada, false);
    net.run(5_000);
    expect(ben.delivered).not.toContain(next);
    expect([...ben.state.holes.missing.values()].map((missing) => [missing.id, missing.state])).toEqual([
      [lost, "fetching"],
    ]);
    net.run(11 * MINUTE);
    expect(ben.delivered).toContain(next);
    expect(ben.state.holes.missing.get(lost)?.state).toBe("lost");
    net.setOnline(ada, true);
    net.run(20 * MINUTE);
    expect(ben.delivered).toEqual([next, lost]);
    expect(logIds(ben)).toEqual([lost, next]);
    expect(ben.state.holes.missing.size).toBe(0);
    checkInvariants(net);
  });

  it("does not count anybody as a receiver of what they cannot have", () => {
    const net = new NetworkOfCores({
      seed: 11,
      participants: 3,
      loss: 0,
      duplication: 0,
      latencyMs: [10, 20],
      store: false,
    });
    const [ada, , cleo] = net.cores as [Core, Core, Core];
    everybodyOnline(net);
    net.run(MINUTE);
    net.setOnline(cleo, false);
    const id = net.say(ada, "only Ben hears this");
    net.run(5 * MINUTE);
    const entry = ada.state.log.entries.get(id);
    if (entry === undefined) throw new Error("not in the log");
    expect([...receivedBy(ada.state, entry)].map((index) => ada.state.participants.all[index]?.id)).toEqual(["p1"]);
    expect(entry.audience.length).toBe(2);
  });
});

function entryOf(core: Core, id: MessageId): LogEntry {
  const entry = core.state.log.entries.get(id);
  if (entry === undefined) throw new Error(`${core.index} does not have ${id}`);
  return entry;
}

function snapshotOf(core: Core) {
  const { state } = core;
  return {
    log: logIds(core),
    heads: [...state.log.heads].map((entry) => entry.id).sort(),
    receipts: [...state.log.order].map((entry) => [entry.id, [...receivedBy(state, entry)]]),
    outbox: [...state.outbox.items.values()].map((item) => [item.entry.id, item.stage, item.attempts]),
    missing: [...state.holes.missing.keys()],
    lamport: state.clock.lamport,
    authorSeq: state.log.authorSeq,
    names: state.participants.all.map((participant) => [participant.id, participant.heardConnectedMs]),
  };
}
