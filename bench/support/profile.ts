import { type Profiler, Session } from "node:inspector/promises";

/** What one part of the program took of the time, in percent; the largest first. */
export type Shares = readonly (readonly [part: string, percent: number])[];

/** With 1 ms a run of seconds has thousands of samples; with less the sampling itself would be seen. */
const SAMPLE_EVERY_MICROSECONDS = 1_000;

/** Profiles this process from now on; the returned function ends that and says which part of the program took what. */
export async function startProfile(): Promise<() => Promise<Shares>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_MICROSECONDS });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    return sharesOf(profile);
  };
}

/** Self time (not that of what is called), summed by package, or by room of `src`. */
export function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Shares {
  const parts = new Map<number, string>();
  // Parents stand before their children, and native code belongs to whoever calls it.
  for (const { id, callFrame, children = [] } of nodes) {
    const part = partOf(callFrame) ?? parts.get(id) ?? callFrame.functionName;
    parts.set(id, part);
    for (const child of children) parts.set(child, part);
  }
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const part = parts.get(id) ?? "unknown";
    const time = timeDeltas[index] ?? 0;
    times.set(part, (times.get(part) ?? 0) + time);
    total += time;
  }
  const shares = [...times].map(([part, time]) => [part, (100 * time) / total] as const);
  return shares.sort(([, a], [, b]) => b - a);
}

function partOf({ url, functionName }: { readonly url: string; readonly functionName: string }): string | null {
  const dependency = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (dependency !== undefined) return dependency;
  const room = /\/(src(?:\/[\w-]+)+)\/[^/]+$/.exec(url)?.[1];
  if (room !== undefined) return room;
  if (url.startsWith("node:internal/crypto/")) return "Node's cryptography";
  if (url.startsWith("node:")) return "Node";
  if (url !== "") return "the rest";
  return functionName.startsWith("(") ? functionName : null;
}
