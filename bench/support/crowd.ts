import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CHILD = new URL("../load-child.js", import.meta.url);

/** What a process of participants is asked to do. */
export type Order =
  | {
      readonly kind: "join";
      readonly invite: string;
      readonly count: number;
      readonly first: number;
      readonly everybody: number;
    }
  | { readonly kind: "say"; readonly index: number; readonly number: number }
  | { readonly kind: "report" }
  | { readonly kind: "leave" };

/** What it tells, by itself but for the report. Times are from joining, or from saying, on. */
export type Answer =
  | { readonly kind: "connected"; readonly ms: number }
  | { readonly kind: "knows-all"; readonly ms: number }
  /** At one of the others. */
  | { readonly kind: "delivered"; readonly ms: number }
  /** By all of the audience, of which there were n. */
  | { readonly kind: "received"; readonly number: number; readonly ms: number; readonly n: number }
  | ({ readonly kind: "report" } & CrowdReport);

/** Sums since the processes were started, but for `latestMs`. */
export interface CrowdReport {
  readonly cpuMs: number;
  /** Frames and bytes of payload. */
  readonly published: number;
  readonly publishedBytes: number;
  readonly pushed: number;
  readonly pushedBytes: number;
  /** How late an event loop was at most since the last report. */
  readonly latestMs: number;
}

/** Participants of one channel, in some processes. */
export interface Crowd {
  join(invite: string): void;
  say(index: number, number: number): void;
  report(): Promise<CrowdReport>;
  leave(): Promise<void>;
}

/** Starts the processes; `hear` is called with all that they tell by themselves. */
export function startCrowd(participants: number, processes: number, hear: (answer: Answer) => void): Crowd {
  const children = Array.from({ length: processes }, () => fork(fileURLToPath(CHILD)));
  const ended = children.map((child) => once(child, "close"));
  let leaving = false;
  for (const child of children) {
    child.on("message", (answer: Answer) => hear(answer));
    child.on("close", (code) => {
      if (!leaving) throw new Error(`A process of participants ended with code ${code}.`);
    });
  }
  const order = (child: ChildProcess, words: Order): void => void child.send(words);
  const sizeOf = (index: number): number => Math.floor((participants + index) / processes);

  return {
    join: (invite) => {
      let first = 0;
      for (const [index, child] of children.entries()) {
        const count = sizeOf(index);
        order(child, { kind: "join", invite, count, first, everybody: participants });
        first += count;
      }
    },
    say: (index, number) => {
      const child = children[index % processes];
      if (child !== undefined) order(child, { kind: "say", index: Math.floor(index / processes), number });
    },
    report: async () => {
      const reports = await Promise.all(children.map(reportOf));
      const sum = (figure: (report: CrowdReport) => number) => reports.reduce((all, report) => all + figure(report), 0);
      return {
        cpuMs: sum(({ cpuMs }) => cpuMs),
        published: sum(({ published }) => published),
        publishedBytes: sum(({ publishedBytes }) => publishedBytes),
        pushed: sum(({ pushed }) => pushed),
        pushedBytes: sum(({ pushedBytes }) => pushedBytes),
        latestMs: Math.max(...reports.map(({ latestMs }) => latestMs)),
      };
    },
    leave: async () => {
      leaving = true;
      for (const child of children) order(child, { kind: "leave" });
      await Promise.all(ended);
    },
  };

  async function reportOf(child: ChildProcess): Promise<CrowdReport> {
    const told = new Promise<CrowdReport>((resolve) => {
      const listen = (answer: Answer): void => {
        if (answer.kind !== "report") return;
        child.off("message", listen);
        resolve(answer);
      };
      child.on("message", listen);
    });
    order(child, { kind: "report" });
    return told;
  }
}
