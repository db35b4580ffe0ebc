import { wordsFromChild } from "./support/child.ts";
import { buildDemo, type ChromiumFigures, joinInChromium } from "./support/chromium-join.ts";
import { median } from "./support/median.ts";
import type { Shares } from "./support/profile.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { startServiceNode } from "./support/service-node.ts";
import { fillStore } from "./support/stored-history.ts";

const CHILD = new URL("./join-child.js", import.meta.url);
const AUTHORS = 5;
const REPETITIONS = 3;
/** Parts of a profile that take less are left out. */
const LEAST_PERCENT = 1;

/** Of one join, all since it was asked for. */
export interface JoinFigures {
  /** Until all messages were delivered. */
  readonly wallMs: number;
  readonly firstMs: number;
  /** Until the page of the newest messages is there. */
  readonly shownMs: number;
  /** In which the thread had nothing to do. */
  readonly idleMs: number;
  /** Of the whole process, helper threads with it. */
  readonly cpuMs: number;
  /** What took it; empty unless it was asked for. */
  readonly shares: Shares;
}

/** Somebody joins a channel that others have talked in: a host over the Waku transport, and a service node with a Store. */
export const join: Subject = { name: "join", run: joinRows };

async function* joinRows({ long, profile }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  for (const messages of long ? [2_000, 10_000] : [2_000]) yield* rowsOf(messages, profile);
}

async function* rowsOf(messages: number, profile: boolean): AsyncGenerator<Row, void, undefined> {
  const node = await startServiceNode();
  try {
    const invite = await fillStore(node.multiaddr, messages, AUTHORS);
    const joined = async (...how: readonly string[]): Promise<JoinFigures> =>
      JSON.parse(await wordsFromChild(CHILD, [invite, messages, ...how], []));
    const runs: JoinFigures[] = [];
    while (runs.length < REPETITIONS) runs.push(await joined());
    const of = (figure: (run: JoinFigures) => number) => median(runs.map(figure));
    const name = `join, ${messages} messages of ${AUTHORS} in a Store`;
    yield row(
      name,
      "messages/s",
      of(({ wallMs }) => (messages * 1_000) / wallMs),
    );
    yield row(
      `${name}: first one`,
      "ms",
      of(({ firstMs }) => firstMs),
    );
    yield row(
      `${name}: newest page`,
      "ms",
      of(({ shownMs }) => shownMs),
    );
    yield row(
      `${name}: thread idle`,
      "%",
      of(({ idleMs, wallMs }) => (100 * idleMs) / wallMs),
    );
    yield row(
      `${name}: process idle`,
      "%",
      of(({ cpuMs, wallMs }) => 100 * (1 - cpuMs / wallMs)),
    );
    yield row(
      `${name}: CPU each`,
      "ms",
      of(({ cpuMs }) => cpuMs / messages),
    );
    if (profile) {
      for (const [part, percent] of (await joined("profile")).shares) {
        if (percent >= LEAST_PERCENT) yield row(`${name}: of it ${part}`, "%", percent);
      }
    }
    yield* chromiumRows(invite, messages, `${name}, Chromium`);
  } finally {
    await node.stop();
  }
}

/** The demo with its worker and IndexedDB, as people have it; empty rows, and words why, where that cannot be run. */
async function* chromiumRows(invite: string, messages: number, name: string): AsyncGenerator<Row, void, undefined> {
  const runs: ChromiumFigures[] = [];
  try {
    await buildDemo();
    while (runs.length < REPETITIONS) runs.push(await joinInChromium(invite, `Message ${messages - 1} `));
  } catch (error) {
    console.error(`Not measured in Chromium: ${error instanceof Error ? error.message : String(error)}`);
  }
  const of = (figure: (run: ChromiumFigures) => number) =>
    runs.length < REPETITIONS ? null : median(runs.map(figure));
  const perSecond = of(({ wholeMs }) => (messages * 1_000) / wholeMs);
  yield row(name, "messages/s", perSecond);
  const first = of(({ firstMs }) => firstMs);
  yield row(`${name}: first one`, "ms", first);
  const connected = of(({ connectedMs }) => connectedMs);
  yield row(`${name}: connected`, "ms", connected);
  const shown = of(({ shownMs }) => shownMs);
  yield row(`${name}: newest page`, "ms", shown);
  const longest = of(({ longestTaskMs }) => longestTaskMs);
  yield row(`${name}: longest task of the page`, "ms", longest);
}
