import type { ChildProcess } from "node:child_process";

/** Waiting for something from processes that may end, or never do it. */
export interface Patience {
  /** As `work`, but rejects with words when a process ends first, or after so long. `what` is said then. */
  until<T>(what: string | (() => string), limitMs: number, work: Promise<T>): Promise<T>;
}

/** Resolves to its code, or its signal, when the process has ended; at once if it has already. */
export function endOf(child: ChildProcess): Promise<string> {
  const { exitCode, signalCode } = child;
  if (exitCode !== null || signalCode !== null) return Promise.resolve(`${signalCode ?? exitCode}`);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`${signal ?? code}`));
  });
}

/** `ends`: of each process by its name, as `endOf` gives it. */
export function createPatience(ends: Readonly<Record<string, Promise<string>>>): Patience {
  return {
    until: (what, limitMs, work) =>
      new Promise((resolve, reject) => {
        const say = (why: string): void =>
          reject(new Error(`Waited for ${typeof what === "string" ? what : what()}; ${why}`));
        const limit = setTimeout(() => say(`given up after ${limitMs / 1_000} s.`), limitMs);
        for (const [name, end] of Object.entries(ends)) void end.then((code) => say(`${name} ended with ${code}.`));
        work.then(resolve, reject).finally(() => clearTimeout(limit));
      }),
  };
}
