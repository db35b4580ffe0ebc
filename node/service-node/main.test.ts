import "../polyfills.ts";
import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { localAddress, probeServiceNode } from "./probe.ts";
import { freePort, ServiceNodeProcess } from "./testing/service-node-process.ts";

const TIMEOUT_MS = 180_000;
const running: ServiceNodeProcess[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop("SIGKILL")));
});

function run(...args: string[]): ServiceNodeProcess {
  return keep(new ServiceNodeProcess(args));
}

function keep(node: ServiceNodeProcess): ServiceNodeProcess {
  running.push(node);
  return node;
}

function occupy(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

describe("service node command", () => {
  test(
    "comes up, is probed as ours, explains a taken port, and stops within two seconds",
    async () => {
      const port = await freePort();
      expect(await probeServiceNode(port)).toBe("free");
      const node = keep(new ServiceNodeProcess(["--port", String(port)], { fromSources: true }));
      expect(await node.ready()).toBe(localAddress(port));
      expect(await probeServiceNode(port)).toBe("ours");
      expect(await probeServiceNode(localAddress(port))).toBe("ours");
      expect(await probeServiceNode(port, { clusterId: 43, shards: 8 })).toBe("other");

      const second = run("--port", String(port));
      expect(await second.exited).toEqual({ code: 3, signal: null });
      expect(second.output).toContain(`port ${port} is taken by a Hearback service node`);
      expect(second.output).toContain(localAddress(port));

      const probe = run("--port", String(port), "--probe");
      expect(await probe.exited).toEqual({ code: 0, signal: null });
      expect(probe.output.trim()).toBe("ours");

      const startedAt = Date.now();
      expect(await node.stop("SIGTERM")).toEqual({ code: 0, signal: null });
      expect(Date.now() - startedAt).toBeLessThan(2_000);
      expect(await probeServiceNode(port)).toBe("free");
    },
    TIMEOUT_MS,
  );

  test(
    "tells another program on its port from itself",
    async () => {
      const port = await freePort();
      const server = await occupy(port);
      try {
        const node = run("--port", String(port));
        expect(await node.exited).toEqual({ code: 4, signal: null });
        expect(node.output).toContain("taken by another program");
      } finally {
        server.close();
      }
    },
    TIMEOUT_MS,
  );

  test(
    "explains wrong options and ends on Ctrl-C",
    async () => {
      const wrong = run("--port", "many");
      expect(await wrong.exited).toEqual({ code: 2, signal: null });
      expect(wrong.output).toContain('--port must be a whole number from 0 to 65535, not "many"');
      const unknown = run("--colour", "red");
      expect(await unknown.exited).toEqual({ code: 2, signal: null });
      const node = run("--port", "0", "--quiet");
      await node.ready();
      expect(await node.stop("SIGINT")).toEqual({ code: 0, signal: null });
    },
    TIMEOUT_MS,
  );
});
