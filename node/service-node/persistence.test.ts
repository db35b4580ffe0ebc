import "../polyfills.ts";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Transport } from "../../src/transport/port.ts";
import { createWakuTransport } from "../../src/transport/waku/waku-transport.ts";
import { freePort, ServiceNodeProcess } from "./testing/service-node-process.ts";

/** Ends what hangs: each test starts processes, up to three one after another. */
const TIMEOUT_MS = 300_000;
const TOPIC = "/hearback/1/persistence-test/proto";
const WITHOUT_SQLITE = fileURLToPath(new URL("./testing/without-sqlite.mjs", import.meta.url));
const cleanups: (() => Promise<unknown>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hearback-data-"));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    await cleanup();
  }
  await rm(folder, { recursive: true });
});

function run(args: string[], nodeArgs: string[] = []): ServiceNodeProcess {
  const node = new ServiceNodeProcess(args, { nodeArgs });
  cleanups.push(() => node.stop("SIGKILL"));
  return node;
}

async function connect(multiaddr: string): Promise<Transport> {
  const transport = createWakuTransport({ network: { clusterId: 42, shards: 8, multiaddrs: [multiaddr] } });
  cleanups.push(() => transport.close());
  await expect.poll(() => transport.health().kind, { timeout: 20_000 }).toBe("online");
  return transport;
}

function publish(transport: Transport, number: number, timestamp = Date.now()) {
  const payload = new Uint8Array(Buffer.from(`message ${number}`));
  return transport.publish({ contentTopic: TOPIC, payload, version: 1, ephemeral: false, timestamp });
}

async function history(transport: Transport): Promise<string[]> {
  const texts: string[] = [];
  const range = { by: "time", contentTopic: TOPIC, from: 0, to: Date.now() + 60_000 } as const;
  for await (const { frames } of transport.queryHistory(range)) {
    texts.push(...frames.map(({ payload }) => Buffer.from(payload).toString()));
  }
  return texts.sort();
}

const texts = (count: number) => Array.from({ length: count }, (_, number) => `message ${number}`).sort();

describe("a service node with a data folder", () => {
  test(
    "has every message that it said it took, after it was killed in the middle of taking more",
    async () => {
      const port = String(await freePort());
      const first = run(["--port", port, "--data", join(folder, "data")]);
      const client = await connect(await first.ready());
      const taken: Promise<unknown>[] = [];
      for (let number = 0; number < 200; number += 1) {
        taken.push(publish(client, number));
      }
      await Promise.all(taken);
      // These may or may not get through; what matters is that they are being written when the node dies.
      const late = Array.from({ length: 50 }, (_, number) => publish(client, 200 + number));
      const settled = Promise.allSettled(late);
      await Promise.race(late);
      await first.stop("SIGKILL");
      const acked = (await settled).flatMap((result, index) => (result.status === "fulfilled" ? [200 + index] : []));

      const second = run(["--port", port, "--data", join(folder, "data")]);
      const back = await connect(await second.ready());
      const found = await history(back);
      expect(found).toEqual([...new Set(found)]);
      expect(found).toEqual(expect.arrayContaining([...texts(200), ...acked.map((number) => `message ${number}`)]));
      expect(second.output).toMatch(new RegExp(`Store in ${join(folder, "data")} with ${found.length} messages`));
      second.signal("SIGUSR2");
      const [line] = await second.said(/^\{.*\}$/m);
      expect(JSON.parse(line)).toMatchObject({
        stored: { messages: found.length },
        traffic: { messages: 0 },
        rss: expect.any(Number),
      });
    },
    TIMEOUT_MS,
  );

  test(
    "removes what is too old",
    async () => {
      const first = run(["--port", "0", "--data", folder]);
      const client = await connect(await first.ready());
      await publish(client, 0, Date.now() - 3 * 3_600_000);
      await publish(client, 1);
      await first.stop("SIGTERM");
      const second = run(["--port", "0", "--data", folder, "--retention-hours", "2"]);
      expect(await history(await connect(await second.ready()))).toEqual(["message 1"]);
    },
    TIMEOUT_MS,
  );

  test(
    "is not started twice: the same port is ours, another port may not share the folder",
    async () => {
      const port = String(await freePort());
      await run(["--port", port, "--data", folder]).ready();
      const [again, elsewhere] = [run(["--port", port, "--data", folder]), run(["--port", "0", "--data", folder])];
      expect(await again.exited).toEqual({ code: 3, signal: null });
      expect(await elsewhere.exited).toEqual({ code: 5, signal: null });
      expect(elsewhere.output).toContain("stop it, or choose another folder with --data");
    },
    TIMEOUT_MS,
  );

  test(
    "ends with advice when the file there is no message store",
    async () => {
      await writeFile(join(folder, "messages.sqlite"), "something else ".repeat(100));
      const node = run(["--port", "0", "--data", folder]);
      expect(await node.exited).toEqual({ code: 1, signal: null });
      expect(node.output).toContain("move the file away, or choose another folder with --data");
    },
    TIMEOUT_MS,
  );

  test(
    "without SQLite runs on memory, with one line of warning",
    async () => {
      const node = run(["--port", "0", "--quiet", "--data", join(folder, "data")], ["--import", WITHOUT_SQLITE]);
      const client = await connect(await node.ready());
      await publish(client, 0);
      expect(await history(client)).toEqual(["message 0"]);
      const lines = node.output.trim().split("\n");
      expect(lines).toEqual([
        expect.stringMatching(/^WARNING: messages are kept in memory only, .*Cannot find package.*npm ci$/),
        expect.stringMatching(/^service node ready/),
      ]);
      await expect(stat(join(folder, "data"))).rejects.toThrow("ENOENT");
    },
    TIMEOUT_MS,
  );
});
