import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stopGroup } from "../../scripts/lib/processes.mjs";
import { startServiceNode } from "../../scripts/lib/service-node.mjs";
import { serveFolder } from "../../scripts/lib/static-server.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A service node in a process of its own, on a port of its own, which can die and come back. */
export interface TestServiceNode {
  /** What a channel names to use this node. */
  readonly multiaddr: string;
  /** SIGKILL: no goodbye, and what it stored is gone. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with the same identity and an empty memory. */
  revive(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing is answered, as when a machine hangs. */
  freeze(): void;
  /** Goes on with whatever has come in meanwhile. */
  thaw(): void;
  stop(): Promise<void>;
}

export async function startTestServiceNode(): Promise<TestServiceNode> {
  let node = await start(0);
  const { multiaddr } = node;
  const port = Number(/\/tcp\/(\d+)\//.exec(multiaddr)?.[1]);
  return {
    multiaddr,
    async kill() {
      const gone = once(node.process, "exit");
      node.process.kill("SIGKILL");
      await gone;
    },
    async revive() {
      node = await start(port);
    },
    freeze: () => void node.process.kill("SIGSTOP"),
    thaw: () => void node.process.kill("SIGCONT"),
    stop: () => stopGroup(node.process.pid),
  };
}

async function start(port: number): Promise<{ process: ChildProcess; multiaddr: string }> {
  const { process, multiaddr } = await startServiceNode(ROOT, port);
  if (process === undefined) throw new Error(`port ${port} was taken by another service node`);
  return { process, multiaddr };
}

export interface DemoServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the built demo (npm run build:demo) on a free port. */
export function serveDemo(): Promise<DemoServer> {
  return serveFolder(join(ROOT, "dist", "web-demo"));
}
