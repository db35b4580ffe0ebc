import { describe, expect, test } from "vitest";
import { systemClock } from "../../runtime/system-clock.ts";
import { createBench, transportContract } from "../contract.ts";
import { createMemoryNetwork } from "./memory-network.ts";

describe("memory transport", () => {
  for (const { name, run } of transportContract) {
    test(name, async () => {
      const network = createMemoryNetwork();
      const bench = createBench({
        open: () => network.transport(),
        openWithoutStore: async () => createMemoryNetwork({ store: false }).transport(),
        stopNetwork: async () => network.setOnline(false),
        startNetwork: async () => network.setOnline(true),
      });
      try {
        await run(bench);
      } finally {
        await bench.closeAll();
      }
    });
  }

  test("one transport can be cut off alone, and misses what passes meanwhile", async () => {
    const network = createMemoryNetwork();
    const [alice, bob] = [network.transport(), network.transport()];
    const heard: number[] = [];
    bob.subscribe("/t/1/x/proto", (frame) => heard.push(frame.payload[0] ?? -1));
    const frame = { contentTopic: "/t/1/x/proto", version: 1, ephemeral: false, timestamp: 1 } as const;
    bob.setOnline(false);
    await alice.publish({ ...frame, payload: Uint8Array.of(1) });
    await expect(bob.publish({ ...frame, payload: Uint8Array.of(2) })).rejects.toMatchObject({ code: "offline" });
    bob.setOnline(true);
    await alice.publish({ ...frame, payload: Uint8Array.of(3) });
    expect(heard).toEqual([3]);
  });

  test("says by each device's own clock when a frame came", async () => {
    const network = createMemoryNetwork({ clock: { ...systemClock, now: () => 1_000 } });
    const heard: number[] = [];
    const [alice, bob] = [network.transport(), network.transport(() => 7_000)];
    for (const transport of [alice, bob]) transport.subscribe("/t/1/x/proto", (frame) => heard.push(frame.arrivedAt));
    const frame = { contentTopic: "/t/1/x/proto", version: 1, ephemeral: false, timestamp: 1 } as const;
    await alice.publish({ ...frame, payload: Uint8Array.of(1) });
    expect(heard).toEqual([1_000, 7_000]);
  });

  test("runs on a given clock, so that virtual time can drive it", async () => {
    const due: { ms: number; callback: () => void }[] = [];
    const network = createMemoryNetwork({
      latencyMs: 250,
      clock: {
        now: () => 0,
        schedule: (ms, callback) => {
          due.push({ ms, callback });
          return () => undefined;
        },
      },
    });
    const transport = network.transport();
    const publish = transport.publish({
      contentTopic: "/t/1/x/proto",
      payload: Uint8Array.of(1),
      version: 1,
      ephemeral: false,
      timestamp: 1,
    });
    expect(due.map(({ ms }) => ms)).toEqual([0, 250]);
    for (const { callback } of due) {
      callback();
    }
    expect((await publish).hash).toHaveLength(32);
    expect(transport.health()).toEqual({ kind: "online", peers: 1 });
  });
});
