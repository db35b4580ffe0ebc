import type { TrailerToVerify } from "../src/channel/receiving/incoming.ts";
import { verifyStrict } from "../src/identity/keys/ed25519-key.ts";
import { median, millisecondsOf } from "./support/median.ts";
import { me, OurChannel } from "./support/our-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { authorOf, Traffic } from "./support/traffic.ts";

const HISTORY = 10_000;
const AUTHORS = 5;
/** A burst, or a page of a Store. */
const BATCH = 100;

/**
 * The same as `receive` with signatures verified, beside what one verdict alone takes. (The peer has none.) Messages are
 * delivered on their author's signature; trailers are verified behind that, in batches as the channel gathers them.
 */
export const signatures: Subject = { name: "signatures", run: signatureRows };

async function* signatureRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const runs = quick ? 200 : 1_000;
  const verdict = await verdictTime(runs);
  yield row("one Ed25519 verdict", "operations/s", 1_000 / verdict);
  for (const dependencies of quick ? [2] : [2, 200]) {
    const history = dependencies === 2 ? HISTORY : HISTORY / 10;
    const what = `${dependencies} causes, history ${history}`;
    for (const batch of [1, BATCH]) {
      const { delivery, whole, verdicts } = await receiveTime(runs, dependencies, history, batch);
      if (batch === 1) yield row(`deliver verified, ${what}`, "messages/s", 1_000 / delivery);
      yield row(`receive verified, ${what}, trailers by ${batch}`, "messages/s", 1_000 / whole);
      yield row(
        `share of what one verdict a message allows, ${what}, trailers by ${batch}`,
        "%",
        (verdict / whole) * 100,
      );
      yield row(`trailer verdicts a message, ${what}, trailers by ${batch}`, "verdicts", verdicts);
    }
  }
}

/** Of messages as long as those below, by as many authors. */
async function verdictTime(runs: number): Promise<number> {
  const authors = Array.from({ length: AUTHORS }, (_, number) => authorOf(1 + number));
  const times: number[] = [];
  for (let run = -100; run < runs; run++) {
    const { signer } = authors[(run + 100) % AUTHORS] ?? me;
    const message = new Uint8Array(400).fill(run);
    const signature = await signer.sign(message);
    const time = await millisecondsOf(() => verifyStrict(signer.publicKey, message, signature));
    if (run >= 0) times.push(time);
  }
  return median(times);
}

interface Times {
  /** Milliseconds a message: until it is delivered, and with its share of what comes behind. */
  readonly delivery: number;
  readonly whole: number;
  readonly verdicts: number;
}

async function receiveTime(runs: number, dependencies: number, history: number, batch: number): Promise<Times> {
  const channel = new OurChannel();
  const traffic = new Traffic({ authors: AUTHORS, dependencies });
  while (traffic.count < history) channel.receive(traffic.next());
  const messages = await traffic.takeSigned(runs + BATCH);
  const delivery: number[] = [];
  const behind: number[] = [];
  let verdicts = 0;
  for (let start = 0; start < messages.length; start += batch) {
    const part = messages.slice(start, start + batch);
    const trailers: TrailerToVerify[] = [];
    for (const message of part) {
      delivery.push(await millisecondsOf(() => void trailers.push(channel.receiveVerified(message))));
    }
    const time = await millisecondsOf(() => {
      verdicts += channel.verifyBatch(trailers);
    });
    behind.push(time / part.length);
  }
  const time = median(delivery.slice(BATCH));
  return { delivery: time, whole: time + median(behind.slice(BATCH / batch)), verdicts: verdicts / messages.length };
}
