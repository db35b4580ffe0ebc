import { spawn } from "node:child_process";

const READY = /service node ready: (\S+)/;

/** A service node in a process of its own, as people run it. */
export interface ServiceNodeProcess {
  readonly multiaddr: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts one on any free port, its Store in memory. Rejects with its words when it ends instead. */
export function startServiceNode(): Promise<ServiceNodeProcess> {
  // The leash ends it when its stdin closes, so that it does not outlive a run that is killed.
  const leash = ["--import", "./scripts/lib/leash.mjs"];
  const program = [...leash, "--import", "tsx", "node/service-node/main.ts", "--port", "0", "--quiet"];
  const child = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
  };
  let words = "";
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      words += text;
      const multiaddr = READY.exec(words)?.[1];
      if (multiaddr !== undefined && child.pid !== undefined) resolve({ multiaddr, pid: child.pid, stop });
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`The service node ended with code ${code} and said ${words}`)));
  });
}
