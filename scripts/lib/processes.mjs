/**
 * Child processes that never outlive their task. Each runs in a process group of its own, so that stopping it stops
 * what it started. Built-ins only: this runs before anything is installed.
 */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";

let stopping = false;
/** Process ids of running group leaders. */
const running = new Set();
const GRACE_MS = 5_000;

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended meanwhile.
  }
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, live?: boolean, log?: string, timeoutMs?: number }} [options]
 *   live: also print the output as it comes; log: also write it to this file; timeoutMs: then stop it
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>} output is stdout and stderr as they came
 */
export function run(command, args, options = {}) {
  const { cwd, env, live = false, log, timeoutMs } = options;
  if (log !== undefined) mkdirSync(dirname(log), { recursive: true });
  const logStream = log === undefined ? undefined : createWriteStream(log);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    let timedOut = false;
    const keep = (chunk) => {
      chunks.push(chunk);
      logStream?.write(chunk);
      if (live) process.stdout.write(chunk);
    };
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            void stopGroup(child.pid);
          }, timeoutMs);
    const finish = (code, reason) => {
      clearTimeout(timer);
      if (child.pid !== undefined) {
        running.delete(child.pid);
        // Whatever the command left behind (a server, a browser) goes with it.
        signalGroup(child.pid, "SIGKILL");
      }
      logStream?.end();
      const output = Buffer.concat(chunks).toString() + (reason ?? "");
      resolve({ code, output: timedOut ? `${output}\nStopped after ${timeoutMs} ms.` : output, timedOut });
    };
    if (child.pid !== undefined) running.add(child.pid);
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => finish(127, `${command}: ${error.message}`));
    child.once("close", (code, signal) => finish(code ?? (signal === "SIGINT" ? 130 : 143)));
    // A grandchild that keeps the pipes open must not hold us up.
    child.once("exit", () => setTimeout(() => child.stdout.destroy(), 2_000).unref());
    child.once("exit", () => setTimeout(() => child.stderr.destroy(), 2_000).unref());
  });
}

/**
 * Starts a server that stops with us: its stdin is a pipe from us, and `leash.mjs` in it ends it when the pipe closes,
 * so it does not stay behind even if this process is killed outright.
 * @param {readonly string[]} nodeArgs arguments for Node, the program's path among them
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {import("node:child_process").ChildProcess}
 */
export function startNodeServer(nodeArgs, options = {}) {
  const leash = new URL("leash.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", leash, ...nodeArgs], {
    ...options,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  // Writing to a child that has ended is no error of ours.
  child.stdin.on("error", () => {});
  if (child.pid !== undefined) running.add(child.pid);
  child.once("exit", () => running.delete(child.pid));
  return child;
}

/** Asks a group to stop, then makes it. Resolves when its leader is gone. */
export async function stopGroup(pid) {
  if (pid === undefined || !running.has(pid)) return;
  signalGroup(pid, "SIGTERM");
  const deadline = Date.now() + GRACE_MS;
  while (running.has(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 25));
  if (running.has(pid)) signalGroup(pid, "SIGKILL");
}

/** True once this program is on its way out, when it is no news that a child ends. */
export const isStopping = () => stopping;

/** Stops everything that still runs. */
export async function stopAll() {
  stopping = true;
  await Promise.all([...running].map(stopGroup));
}

/** On Ctrl-C, SIGTERM and SIGHUP: stops all children, then exits with the conventional code. */
export function stopAllOnSignals(beforeExit = async () => {}) {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const [signal, code] of Object.entries(codes)) {
    process.on(signal, async () => {
      if (stopping) return;
      await Promise.allSettled([stopAll(), beforeExit()]);
      process.exit(code);
    });
  }
  process.on("exit", () => {
    for (const pid of running) signalGroup(pid, "SIGKILL");
  });
}
