/**
 * Prints the median milliseconds of restoring a channel with N messages, its records in the order in which they were said or, as
 * a disk gives them, by id. Usage: node restart-child.js N RUNS as-said|by-id
 */
import type { Effect } from "../src/sds/io/effect.ts";
import type { MessageRecord, MetaRecords, ParticipantRecord, StoredChannel } from "../src/sds/io/records.ts";
import { restore } from "../src/sds/restore.ts";
import { median, millisecondsOf } from "./support/median.ts";
import { identity, OurChannel } from "./support/our-channel.ts";
import { START, Traffic } from "./support/traffic.ts";

const [messages = 0, runs = 1] = process.argv.slice(2).map(Number);
const order = process.argv[4];

/** What the channel wants written, kept as a storage would. */
function stored(count: number): StoredChannel {
  const message = new Map<string, MessageRecord>();
  const participant = new Map<number, ParticipantRecord>();
  const meta: Partial<MetaRecords> = { joinLamport: START - 600_000 };
  function keep(effect: Effect): void {
    if (effect.kind !== "commit") return;
    for (const change of effect.changes) {
      if (change.op === "meta") Object.assign(meta, { [change.key]: change.value });
      else if (change.op === "put" && change.table === "message") message.set(change.record.id, change.record);
      else if (change.op === "put" && change.table === "participant")
        participant.set(change.record.index, change.record);
    }
  }
  const channel = new OurChannel(undefined, keep);
  const traffic = new Traffic({ authors: 5, dependencies: 2 });
  for (let i = 0; i < count; i++) channel.receive(traffic.next());
  return {
    messages: inOrder([...message.values()]),
    outbox: [],
    participants: [...participant.values()],
    holes: [],
    meta,
  };
}

function inOrder(records: MessageRecord[]): MessageRecord[] {
  return order === "by-id" ? records.sort((a, b) => (a.id < b.id ? -1 : 1)) : records;
}

const records = stored(messages);
const env = { now: START + messages * 10, random: () => 0.5 };
const times: number[] = [];
for (let run = 0; run < runs; run++) {
  globalThis.gc?.();
  times.push(
    await millisecondsOf(() => {
      const { state } = restore(identity, records, env);
      if (state.log.order.size !== messages) throw new Error(`${state.log.order.size} of ${messages} came back.`);
    }),
  );
}
console.log(median(times));
