import { wordsFromChild } from "./support/child.ts";
import { median } from "./support/median.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { BURST, ONE_BY_ONE, type SendFigures, type Sending } from "./support/send-figures.ts";
import { startServiceNode } from "./support/service-node.ts";

const CHILD = new URL("./send-child.js", import.meta.url);
const REPETITIONS = 3;
/** Parts of a profile that take less are left out. */
const LEAST_PERCENT = 1;

/** From `send()` to the service node's word: a host over the Waku transport, and a service node in a process of its own. */
export const sendPath: Subject = { name: "send", run: sendPathRows };

async function* sendPathRows({ quick, profile }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const runs: SendFigures[] = [];
  while (runs.length < (quick ? 1 : REPETITIONS)) runs.push(await figures());
  const of = (figure: (run: SendFigures) => number) => median(runs.map(figure));
  const [single, burst] = [`send, ${ONE_BY_ONE} one by one to a service node`, `send, ${BURST} written at once`];
  yield row(
    `${single}: CPU each`,
    "ms",
    of(({ oneByOne }) => oneByOne.cpuMs),
  );
  yield row(
    `${single}: until it is taken`,
    "ms",
    of(({ oneByOne }) => median(oneByOne.timesMs)),
  );
  yield row(
    `${burst}: CPU each`,
    "ms",
    of(({ atOnce }) => atOnce.cpuMs),
  );
  yield row(
    `${burst}: until all are taken`,
    "ms",
    of(({ atOnce }) => median(atOnce.timesMs)),
  );
  if (!profile) return;
  const { oneByOne, atOnce } = await figures("profile");
  yield* shareRows(single, oneByOne);
  yield* shareRows(burst, atOnce);
}

function* shareRows(name: string, { shares }: Sending): Generator<Row> {
  for (const [part, percent] of shares) if (percent >= LEAST_PERCENT) yield row(`${name}: of it ${part}`, "%", percent);
}

/** Each with a service node of its own: one takes so many messages from one peer, and then fewer. */
async function figures(...how: readonly string[]): Promise<SendFigures> {
  const node = await startServiceNode();
  try {
    return JSON.parse(await wordsFromChild(CHILD, [node.multiaddr, ...how], []));
  } finally {
    await node.stop();
  }
}
