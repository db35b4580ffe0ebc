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

/** One channel that grows from measurement to measurement; small histories are built anew for each batch. */
class Growing {
  readonly #options: { readonly authors: number; readonly dependencies: number };
  #channel = new OurChannel();
  #traffic: Traffic;

  constructor(options: { readonly authors: number; readonly dependencies: number }) {
    this.#options = options;
    this.#traffic = new Traffic(options);
  }

  rateAt(history: number, quick: boolean): number {
    const rates: number[] = [];
    for (let run = 0; run < (quick ? 31 : 101); run++) {
      if (history <= 1_000) this.#restart();
      while (this.#traffic.count < history) this.#channel.receive(this.#traffic.next());
      const messages = this.#traffic.take(BATCH);
      // Small histories leave whole channels behind; clearing them away is not what a message costs.
      if (history <= 1_000) globalThis.gc?.();
      const started = performance.now();
      for (const message of messages) this.#channel.receive(message);
      rates.push((BATCH / (performance.now() - started)) * 1_000);
    }
    return median(rates);
  }

  #restart(): void {
    this.#channel = new OurChannel();
    this.#traffic = new Traffic(this.#options);
  }
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
