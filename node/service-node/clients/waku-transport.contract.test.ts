import "../../polyfills.ts";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBench, type TransportHarness, transportContract } from "../../../src/transport/contract.ts";
import { createWakuTransport } from "../../../src/transport/waku/waku-transport.ts";
import { freePort, ServiceNodeProcess } from "../testing/service-node-process.ts";

const CASE_TIMEOUT_MS = 180_000;
const network = (multiaddr: string) => ({ clusterId: 42, shards: 8, multiaddrs: [multiaddr] });

describe("waku transport against a service node process", () => {
  let node: ServiceNodeProcess;
  let storeless: ServiceNodeProcess | undefined;
  let multiaddr = "";
  let port = 0;

  const start = async (): Promise<void> => {
    node = new ServiceNodeProcess(["--port", String(port)]);
    multiaddr = await node.ready();
  };

  const harness: TransportHarness = {
    open: () => createWakuTransport({ network: network(multiaddr) }),
    openWithoutStore: async () => {
      storeless = new ServiceNodeProcess(["--port", "0", "--no-store"]);
      return createWakuTransport({ network: network(await storeless.ready()) });
    },
    stopNetwork: async () => {
      await node.stop("SIGKILL");
    },
    startNetwork: start,
  };

  beforeAll(async () => {
    port = await freePort();
    await start();
  }, CASE_TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all([node.stop("SIGKILL"), storeless?.stop("SIGKILL")]);
  });

  test(
    "close leaves no timer and no socket: a Node process ends by itself",
    async () => {
      const program = fileURLToPath(new URL("../testing/open-and-close.ts", import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", program, multiaddr], {
        timeout: CASE_TIMEOUT_MS / 2,
      });
      const lingering = Number(/closed, then ended after (\d+) ms/.exec(stdout)?.[1]);
      expect(lingering).toBeLessThan(1_000);
    },
    CASE_TIMEOUT_MS,
  );

  for (const { name, run } of transportContract) {
    test(
      name,
      async () => {
        const bench = createBench(harness);
        try {
          await run(bench);
        } finally {
          await bench.closeAll();
        }
      },
      CASE_TIMEOUT_MS,
    );
  }
});
