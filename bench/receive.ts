import { median, millisecondsOf } from "./support/median.ts";
import { OurChannel } from "./support/our-channel.ts";
import { PeerChannel, PeerTraffic } from "./support/peer-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { Traffic } from "./support/traffic.ts";

const AUTHORS = 5;
/** A millisecond's work: short enough that a busy machine seldom interrupts it, and the median sees past those it does. */
const BATCH = 50;
const LARGE_GROUP = 50;
const PEER_LARGEST = 20_000;

/** Bytes of a message to the end of the protocol's step: decode, check the id, order, evidence, what is to be written. */
export const receive: Subject = { name: "receive", run: receiveRows };

async function* receiveRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  warmUp();
  const histories = quick ? [100, 1_000, 10_000, 100_000] : [100, 1_000, 10_000, 20_000, 100_000, 1_000_000];
  for (const dependencies of [2, 200]) {
    // With 200 causes a message is 14 kB; a larger history only takes longer to build.
    const largest = dependencies === 2 ? Number.POSITIVE_INFINITY : quick ? 1_000 : 10_000;
    const ours = new Growing({ authors: AUTHORS, dependencies });
    const rows: Row[] = [];
    for (const history of histories.filter((size) => size <= largest)) {
      const rate = ours.rateAt(history, quick);
      const peer = history <= (quick ? 1_000 : PEER_LARGEST) ? await peerRate(history, dependencies, quick) : null;
      rows.push(row(`receive, ${dependencies} causes, history ${history}`, "messages/s", rate, peer));
      yield* rows.slice(-1);
    }
    if (dependencies === 2) yield growth(rows, histories);
  }
  const many = new Growing({ authors: LARGE_GROUP, dependencies: 2 });
  yield row(`receive, 2 causes, history 10000, ${LARGE_GROUP} authors`, "messages/s", many.rateAt(10_000, quick));
}

/** How many times longer a message takes at the largest history that was measured than at 1,000. */
function growth(rows: readonly Row[], histories: readonly number[]): Row {
  const from = histories.indexOf(1_000);
  const ours = rows.map((measured) => measured.ours ?? 0);
  const peer = rows.flatMap((measured) => measured.peer ?? []);
  const name = `growth of cost, history 1000 to ${histories.at(-1)} (peer: ${histories[peer.length - 1]})`;
  return row(name, "times", growthOf(ours, from), peer.length > from + 1 ? growthOf(peer, from) : null);
}

function growthOf(rates: readonly number[], from: number): number {
  return (rates[from] ?? Number.NaN) / (rates.at(-1) ?? Number.NaN);
}

interface Measured {
  readonly channel: OurChannel;
  readonly traffic: Traffic;
}

/** One channel that grows from measurement to measurement; small histories are each measured on channels of their own. */
class Growing {
  readonly #options: { readonly authors: number; readonly dependencies: number };
  readonly #grown: Measured;

  constructor(options: { readonly authors: number; readonly dependencies: number }) {
    this.#options = options;
    this.#grown = this.#begin();
  }

  rateAt(history: number, quick: boolean): number {
    const runs = quick ? 31 : 101;
    const small = history <= 1_000;
    // All of them are built before the first is measured: building one, and clearing it away, is not what is asked.
    const subjects = Array.from({ length: runs }, () => (small ? this.#begin() : this.#grown));
    for (const { channel, traffic } of subjects) while (traffic.count < history) channel.receive(traffic.next());
    return median(subjects.map(rateOfBatch));
  }

  #begin(): Measured {
    return { channel: new OurChannel(), traffic: new Traffic(this.#options) };
  }
}

function rateOfBatch({ channel, traffic }: Measured): number {
  const messages = traffic.take(BATCH);
  const started = performance.now();
  for (const message of messages) channel.receive(message);
  return (BATCH / (performance.now() - started)) * 1_000;
}

function warmUp(): void {
  const channel = new OurChannel();
  const traffic = new Traffic({ authors: AUTHORS, dependencies: 2 });
  for (let i = 0; i < 20_000; i++) channel.receive(traffic.next());
}

async function peerRate(history: number, dependencies: number, quick: boolean): Promise<number> {
  const traffic = new PeerTraffic(dependencies);
  const peer = new PeerChannel("receiver", dependencies);
  peer.fill(traffic.take(history));
  const batch = history > 5_000 ? 5 : 20;
  const rates: number[] = [];
  for (let run = -1; run < (quick ? 3 : 7); run++) {
    const messages = traffic.take(batch).map((message) => message.encode());
    const time = await millisecondsOf(async () => {
      for (const message of messages) await peer.receive(message);
    });
    if (run >= 0) rates.push((batch / time) * 1_000);
  }
  return median(rates);
}
