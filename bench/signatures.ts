import { verifyStrict } from "../src/identity/ed25519-key.ts";
import { median, millisecondsOf } from "./support/median.ts";
import { me, OurChannel } from "./support/our-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { Traffic } from "./support/traffic.ts";

const HISTORY = 10_000;

/** The same as `receive` with both signatures verified, beside what one verdict alone takes. (The peer has none.) */
export const signatures: Subject = { name: "signatures", run: signatureRows };

async function* signatureRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const runs = quick ? 200 : 1_000;
  const verdict = await verdictTime(runs);
  yield row("one Ed25519 verdict", "operations/s", 1_000 / verdict);
  for (const dependencies of quick ? [2] : [2, 200]) {
    const history = dependencies === 2 ? HISTORY : HISTORY / 10;
    const time = await receiveTime(runs, dependencies, history);
    yield row(`receive verified, ${dependencies} causes, history ${history}`, "messages/s", 1_000 / time);
    yield row("share of what one verdict a message allows", "%", (verdict / time) * 100);
  }
}

async function verdictTime(runs: number): Promise<number> {
  const message = new Uint8Array(400).fill(1);
  const signature = await me.signer.sign(message);
  const times: number[] = [];
  for (let run = -20; run < runs; run++) {
    const time = await millisecondsOf(() => verifyStrict(me.signer.publicKey, message, signature));
    if (run >= 0) times.push(time);
  }
  return median(times);
}

async function receiveTime(runs: number, dependencies: number, history: number): Promise<number> {
  const channel = new OurChannel();
  const traffic = new Traffic({ authors: 5, dependencies });
  while (traffic.count < history) channel.receive(traffic.next());
  const messages = await traffic.takeSigned(runs + 100);
  const times: number[] = [];
  for (const message of messages) times.push(await millisecondsOf(() => channel.receiveVerified(message)));
  return median(times.slice(100));
}
