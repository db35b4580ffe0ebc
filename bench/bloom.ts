import { BloomFilter } from "../src/sds/filter/bloom-filter.ts";
import { messageIdOf } from "../src/sds/wire/message-id.ts";
import { median } from "./support/median.ts";
import { peerBloomFilter } from "./support/peer-channel.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";
import { textOf } from "./support/traffic.ts";

const OPTIONS = { capacity: 10_000, errorRate: 0.001 };
const FILL = 5_000;
const BATCH = 100;

/** The filter of profile "sds", bit for bit that of the peer. */
export const bloom: Subject = { name: "bloom", run: bloomRows };

async function* bloomRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const ids = Array.from({ length: FILL }, (_, i) => messageIdOf(textOf(i)) as string);
  const runs = quick ? 20 : 50;
  const ours = new BloomFilter(OPTIONS);
  const peer = peerBloomFilter();
  const insert = rate(ids, runs, (id) => ours.insert(id));
  yield row(
    "bloom filter, insert",
    "operations/s",
    insert,
    rate(ids, quick ? 5 : runs, (id) => peer.insert(id)),
  );
  const has = rate(ids, runs, (id) => ours.has(id));
  yield row(
    "bloom filter, look up",
    "operations/s",
    has,
    rate(ids, quick ? 5 : runs, (id) => peer.lookup(id)),
  );
}

function rate(ids: readonly string[], runs: number, operation: (id: string) => unknown): number {
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const batch = ids.slice(run * BATCH, (run + 1) * BATCH);
    const started = performance.now();
    for (const id of batch) operation(id);
    rates.push((batch.length / (performance.now() - started)) * 1_000);
  }
  return median(rates);
}
