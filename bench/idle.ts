import { NetworkOfCores } from "../src/sds/testing/network-of-cores.ts";
import { encrypted, peerMessage, signedSync } from "./bytes.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";

const DAY_MS = 86_400_000;
/** The peer's channel is silent for at most this long: somebody's sync restarts everybody's timer. */
const PEER_SYNC_EVERY_MS = 30_000;

/** A channel in which nobody writes: what all of it together sends in a day. Ours by simulation of real cores. */
export const idle: Subject = { name: "idle", run: idleRows };

async function* idleRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const sync = await encrypted(await signedSync(1));
  const peer = (await encrypted(await peerMessage(200, "sync", true))) * (DAY_MS / PEER_SYNC_EVERY_MS);
  for (const participants of quick ? [5] : [2, 5, 20]) {
    const bytes = syncsOfOneDay(participants) * sync;
    yield row(`idle channel of ${participants}, all of it, a day`, "bytes", bytes, peer);
  }
}

/** Of the second day: in the first they meet. */
function syncsOfOneDay(participants: number): number {
  const net = new NetworkOfCores({
    seed: 1,
    participants,
    loss: 0.02,
    duplication: 0,
    latencyMs: [50, 400],
    store: false,
  });
  for (const core of net.cores) net.setOnline(core, true);
  const [first] = net.cores;
  if (first !== undefined) net.say(first, "Is anybody there?");
  net.run(DAY_MS);
  const before = net.syncs;
  net.run(DAY_MS);
  return net.syncs - before;
}
