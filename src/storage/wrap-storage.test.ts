import { expect, it } from "vitest";
import type { ChannelStorage } from "./port.ts";
import { bytesOf, CHANNEL_A, idOf, put } from "./testing/samples.ts";
import { wrapStorage } from "./wrap-storage.ts";

it("makes each call as it was made, through the one place", async () => {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    async (...values: unknown[]) => {
      calls.push([name, ...values]);
      return name;
    };
  const methods = [
    "load",
    "commit",
    "readBodies",
    "readLedger",
    "readLedgerOf",
    "readSummaries",
    "firstSummary",
    "readDays",
    "drop",
    "listDevice",
    "putDevice",
    "close",
  ];
  const inner = Object.fromEntries(methods.map((name) => [name, note(name)])) as unknown as ChannelStorage;
  let made = 0;
  const storage = wrapStorage(inner, (call) => {
    made++;
    return call();
  });
  const key = { kind: "raw", secretKey: bytesOf(1, 32), publicKey: bytesOf(2, 32) } as const;
  const device = { channel: CHANNEL_A, descriptor: bytesOf(3, 3), key, displayName: "", joinedAt: 1 };
  const results = [
    await storage.load(CHANNEL_A),
    await storage.commit(CHANNEL_A, [put.message(1)], "strict"),
    await storage.readBodies(CHANNEL_A, [idOf(1)]),
    await storage.readLedger(CHANNEL_A, 3, 7),
    await storage.readLedgerOf(CHANNEL_A, idOf(2)),
    await storage.readSummaries(CHANNEL_A, [5, 6]),
    await storage.firstSummary(CHANNEL_A),
    await storage.readDays(CHANNEL_A, 8),
    await storage.drop(CHANNEL_A),
    await storage.listDevice(),
    await storage.putDevice(device),
    await storage.close(),
  ];
  expect(results).toEqual(methods);
  expect(calls).toEqual([
    ["load", CHANNEL_A],
    ["commit", CHANNEL_A, [put.message(1)], "strict"],
    ["readBodies", CHANNEL_A, [idOf(1)]],
    ["readLedger", CHANNEL_A, 3, 7],
    ["readLedgerOf", CHANNEL_A, idOf(2)],
    ["readSummaries", CHANNEL_A, [5, 6]],
    ["firstSummary", CHANNEL_A],
    ["readDays", CHANNEL_A, 8],
    ["drop", CHANNEL_A],
    ["listDevice"],
    ["putDevice", device],
    ["close"],
  ]);
  expect(made).toBe(methods.length);
});
