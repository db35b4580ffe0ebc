import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const IN_ONE_FILE = fileURLToPath(new URL("../../../scripts/lib/service-node-in-one-file.mjs", import.meta.url));
/** Ends what hangs, within the time of a test: to come up takes a second, and a hundred times that on a machine that is busy. */
const READY_TIMEOUT_MS = 120_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  /** For Node itself. */
  readonly nodeArgs?: readonly string[];
  /** As `npm run service-node` starts it, which takes ten times as long as the same in one file. */
  readonly fromSources?: boolean;
}

/** The service node as people run it: a process of its own. */
export class ServiceNodeProcess {
  /** Everything it has printed so far. */
  output = "";
  readonly exited: Promise<Exit>;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], { nodeArgs = [], fromSources = false }: ProcessOptions = {}) {
    const program = fromSources ? ["--import", "tsx", MAIN] : [IN_ONE_FILE];
    this.child = spawn(process.execPath, [...nodeArgs, ...program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.exited = new Promise((resolve) => {
      this.child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  /** Resolves to the multiaddr that the ready line names. */
  async ready(): Promise<string> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline) {
      const match = /service node ready: (\S+)/.exec(this.output);
      if (match?.[1] !== undefined) {
        return match[1];
      }
      if (this.child.exitCode !== null) {
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the service node did not come up:\n${this.output}`);
  }

  /** Resolves to the first match in its output. */
  async said(pattern: RegExp, timeoutMs = READY_TIMEOUT_MS): Promise<RegExpExecArray> {
    const deadline = Date.now() + timeoutMs;
    while (Date.now() < deadline) {
      const match = pattern.exec(this.output);
      if (match !== null) {
        return match;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the service node did not say ${pattern}:\n${this.output}`);
  }

  /** Sends a signal and goes on. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return await this.exited;
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
