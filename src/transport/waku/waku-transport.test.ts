import { beforeEach, describe, expect, it, vi } from "vitest";
import { createSeededRandom } from "../../runtime/seeded-random.ts";
import { createVirtualClock } from "../../runtime/virtual-clock.ts";
import type { TransportHealth } from "../port.ts";
import { type GuardedNode, startGuardedNode } from "./node/guarded-node.ts";
import { createWakuTransport } from "./waku-transport.ts";

vi.mock("./node/guarded-node.ts", () => ({ startGuardedNode: vi.fn() }));

const start = vi.mocked(startGuardedNode);
beforeEach(() => void start.mockReset());

/** Of a network that names nobody, so that a node which runs has nothing to do. */
const network = { clusterId: 42, shards: 8, multiaddrs: [] };
const node = { sdk: { filter: {} }, links: {}, leave: async () => {}, stop: async () => {} } as unknown as GuardedNode;
const reasonOf = (health: TransportHealth) => (health.kind === "offline" ? health.reason : health.kind);

function bench() {
  const clock = createVirtualClock(1_760_000_000_000);
  return { clock, transport: createWakuTransport({ network, clock, random: createSeededRandom(1) }) };
}

describe("a start that failed", () => {
  it("is tried again, first after a second or so", async () => {
    start.mockRejectedValueOnce(new Error("no memory")).mockResolvedValueOnce(node);
    const { clock, transport } = bench();
    await clock.advanceSettled(799);
    expect(reasonOf(transport.health())).toContain("no memory");
    expect(start).toHaveBeenCalledTimes(1);
    await clock.advanceSettled(401);
    expect(reasonOf(transport.health())).toContain("names no service node");
    expect(start).toHaveBeenCalledTimes(2);
    await transport.close();
    expect(clock.pending).toBe(0);
  });

  it("is tried at least every minute or so, for as long as it fails", async () => {
    start.mockRejectedValue(new Error("no memory"));
    const { clock, transport } = bench();
    await clock.advanceSettled(3_600_000);
    const before = start.mock.calls.length;
    await clock.advanceSettled(10 * 72_000);
    expect(start.mock.calls.length - before).toBeGreaterThanOrEqual(10);
    expect(start.mock.calls.length - before).toBeLessThanOrEqual(15);
    await transport.close();
  });

  it("is not waited for any more when the transport is closed", async () => {
    start.mockRejectedValue(new Error("no memory"));
    const { clock, transport } = bench();
    await clock.advanceSettled(0);
    expect(clock.pending).toBe(1);
    await transport.close();
    expect([start.mock.calls.length, clock.pending]).toEqual([1, 0]);
  });
});

describe("a history that is asked for before there is a connection", () => {
  const query = { contentTopic: "/hearback/1/a/proto", by: "time", from: 0, to: 1 } as const;

  /** A transport whose start does not end until `end`, and how a query was answered. */
  function waiting() {
    let end = (): void => {};
    start.mockReturnValue(
      new Promise((resolve) => {
        end = () => resolve(node);
      }),
    );
    const made = bench();
    const told: unknown[] = [];
    const asked = made.transport.queryHistory(query)[Symbol.asyncIterator]().next();
    asked.catch((error: { code: unknown }) => told.push(error.code));
    return { ...made, told, end: () => end() };
  }

  it("waits ten seconds, and no longer", async () => {
    const { clock, transport, told, end } = waiting();
    await clock.advanceSettled(9_999);
    expect(told).toEqual([]);
    await clock.advanceSettled(1);
    expect([told, clock.pending]).toEqual([["offline"], 0]);
    end();
    await transport.close();
  });

  it("waits no longer than until something is known", async () => {
    const { clock, transport, told, end } = waiting();
    await clock.advanceSettled(1_000);
    end();
    await clock.advanceSettled(0);
    expect([told, clock.pending]).toEqual([["offline"], 0]);
    await transport.close();
  });

  it("ends when the transport is closed", async () => {
    const { clock, transport, told, end } = waiting();
    await clock.advanceSettled(1_000);
    const closing = transport.close();
    await clock.advanceSettled(0);
    expect([told, clock.pending]).toEqual([["closed"], 0]);
    end();
    await closing;
  });
});
