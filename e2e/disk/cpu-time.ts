import { readdir, readFile } from "node:fs/promises";

/** Of a clock that all Linux machines have alike. */
const TICK_MS = 10;

interface Process {
  readonly parent: number;
  readonly cpuMs: number;
  readonly words: string;
}

/**
 * CPU time of all processes of the browser on this profile, those that it started among them, in ms; of those that have ended it knows
 * nothing. What a page waits for is longer on a machine that has other things to do, and this is not.
 */
export async function cpuTimeOf(folder: string): Promise<number> {
  const ids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const found = await Promise.all(ids.map(async (id) => [id, await look(id)] as const));
  const processes = new Map(found.flatMap(([id, process]) => (process === null ? [] : [[id, process] as const])));
  const belongs = (id: number): boolean => {
    const process = processes.get(id);
    return process !== undefined && (process.words.includes(folder) || belongs(process.parent));
  };
  return [...processes].reduce((sum, [id, { cpuMs }]) => (belongs(id) ? sum + cpuMs : sum), 0);
}

/** Null when it has ended. */
async function look(id: number): Promise<Process | null> {
  try {
    const [stat, words] = await Promise.all([
      readFile(`/proc/${id}/stat`, "utf8"),
      readFile(`/proc/${id}/cmdline`, "utf8"),
    ]);
    // Behind the name, which may have anything in it: state, parent, and from the twelfth on the times.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0] = fields.slice(11, 13);
    return { parent: fields[1] ?? 0, cpuMs: (user + system) * TICK_MS, words };
  } catch {
    return null;
  }
}
