import { afterEach, expect, it, vi } from "vitest";
import type { TransportHealth } from "../port.ts";
import { GuardedNode } from "./node/guarded-node.ts";
import { createWakuTransport } from "./waku-transport.ts";

vi.mock("./node/guarded-node.ts", () => ({ GuardedNode: { start: vi.fn() } }));

afterEach(() => {
  vi.useRealTimers();
  vi.mocked(GuardedNode.start).mockReset();
});

/** Of a network that names nobody, so that a node which runs has nothing to do. */
const network = { clusterId: 42, shards: 8, multiaddrs: [] };
const node = { sdk: { filter: {} }, links: {}, leave: async () => {}, stop: async () => {} } as unknown as GuardedNode;
const reasonOf = (health: TransportHealth) => (health.kind === "offline" ? health.reason : health.kind);

it("a start that failed is tried again", async () => {
  vi.useFakeTimers();
  const { start } = GuardedNode;
  vi.mocked(start).mockRejectedValueOnce(new Error("no memory")).mockResolvedValueOnce(node);
  const transport = createWakuTransport({ network });
  await vi.advanceTimersByTimeAsync(10);
  expect(reasonOf(transport.health())).toContain("no memory");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reasonOf(transport.health())).toContain("names no service node");
  expect(start).toHaveBeenCalledTimes(2);
  await transport.close();
});

it("closing ends the wait for the next try", async () => {
  const { start } = GuardedNode;
  vi.mocked(start).mockRejectedValue(new Error("no memory"));
  const transport = createWakuTransport({ network });
  await vi.waitFor(() => expect(reasonOf(transport.health())).toContain("no memory"), 10_000);
  await transport.close();
  expect(start).toHaveBeenCalledTimes(1);
});
