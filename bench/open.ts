import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numberFromChild, wordsFromChild } from "./support/child.ts";
import { median } from "./support/median.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { startServiceNode } from "./support/service-node.ts";

const RESTART = new URL("./restart-child.js", import.meta.url);
const FILL = new URL("./open-fill.js", import.meta.url);
const OPEN = new URL("./open-child.js", import.meta.url);
const CHANNELS = 50;
const MESSAGES = 2_000;
const REPETITIONS = 3;

/** Of one start of a host that is in many channels, all since it began to load its code. */
export interface OpenFigures {
  readonly loadedMs: number;
  /** Until the last page of each channel is there. */
  readonly shownMs: number;
  /** Until a service node pushes the messages of each. */
  readonly subscribedMs: number;
  /** Of the whole process, helper threads with it. */
  readonly cpuMs: number;
  /** Kept after a collection, less what it was before the start; the storage, also in memory, is in neither. */
  readonly bytes: number;
}

/** From the records that a storage gives back to channels that run. (The peer keeps nothing over a restart.) */
export const open: Subject = { name: "open", run: openRows };

async function* openRows(options: BenchOptions): AsyncGenerator<Row, void, undefined> {
  yield* restartRows(options);
  yield* channelRows();
}

async function* restartRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  for (const messages of quick ? [10_000] : [10_000, 100_000, 1_000_000]) {
    const times = (order: string) => numberFromChild(RESTART, [messages, messages > 100_000 ? 3 : 7, order]);
    yield row(`restart with ${messages} messages, 5 authors`, "ms", await times("as-said"));
    yield row(`restart with ${messages} messages, 5 authors, records by id`, "ms", await times("by-id"));
  }
}

async function* channelRows(): AsyncGenerator<Row, void, undefined> {
  const node = await startServiceNode();
  const folder = mkdtempSync(join(tmpdir(), "hearback-bench-"));
  const file = join(folder, "channels");
  try {
    await wordsFromChild(FILL, [file, node.multiaddr, CHANNELS, MESSAGES], []);
    const runs: OpenFigures[] = [];
    while (runs.length < REPETITIONS) runs.push(JSON.parse(await wordsFromChild(OPEN, [file], ["--expose-gc"])));
    const of = (figure: keyof OpenFigures) => median(runs.map((run) => run[figure]));
    const name = `open ${CHANNELS} channels of ${MESSAGES} messages`;
    yield row(`${name}: code loaded`, "ms", of("loadedMs"));
    yield row(`${name}: newest pages`, "ms", of("shownMs"));
    yield row(`${name}: all subscribed`, "ms", of("subscribedMs"));
    yield row(`${name}: CPU`, "ms", of("cpuMs"));
    yield row(`${name}: memory`, "MB", of("bytes") / 1e6);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await node.stop();
  }
}
