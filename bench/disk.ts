import { buildBoth, type DiskPlace, openFromDisk } from "./support/browser-disk.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";

const PLACES: readonly (readonly [place: DiskPlace, words: string])[] = [
  ["chromium", "demo in Chromium"],
  ["firefox", "demo in Firefox"],
  ["extension", "extension in Chromium"],
];
const RUNS = 3;

/** What people wait for where a channel has a past: the built demo and extension, on databases in real browsers. */
export const disk: Subject = { name: "disk", run: diskRows };

async function* diskRows({ quick, long }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const sizes = quick ? [10_000] : long ? [10_000, 100_000, 500_000] : [10_000, 100_000];
  await buildBoth();
  for (const messages of sizes) for (const [place, words] of PLACES) yield* rowsOf(place, words, messages);
}

/** Empty rows, and words why, where that cannot be run. */
async function* rowsOf(place: DiskPlace, words: string, messages: number): AsyncGenerator<Row, void, undefined> {
  const figures = await openFromDisk(place, messages, RUNS).catch((error: unknown) => {
    console.error(`Not measured, ${words}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  });
  const name = `disk, ${messages} messages of 20, ${words}`;
  yield row(`${name}: last messages on screen`, "ms", figures?.shownMs ?? null);
  yield row(`${name}: first message durable`, "ms", figures?.durableMs ?? null);
  yield row(`${name}: CPU until then`, "ms", figures?.openCpuMs ?? null);
  yield row(`${name}: largest heap`, "MB", figures?.heapPeakMb ?? null);
  yield row(`${name}: send`, "ms", figures?.sendMs ?? null);
  yield row(`${name}: CPU of a send`, "ms", figures?.sendCpuMs ?? null);
  yield row(`${name}: 100 live messages`, "ms", figures?.liveMs ?? null);
}
