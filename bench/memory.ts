import { numberFromChild } from "./support/child.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";

const CHILD = new URL("./memory-child.js", import.meta.url);
/** The peer needs seconds for each thousand; what it keeps of a message does not depend on how many there are. */
const PEER_MESSAGES = 1_000;

/** What one message in the history keeps in memory, after a garbage collection. */
export const memory: Subject = { name: "memory", run: memoryRows };

async function* memoryRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  const hinted = {
    ours: await numberFromChild(CHILD, ["ours", 10_000, "hints"]),
    peer: await numberFromChild(CHILD, ["peer", PEER_MESSAGES, "hints"]),
  };
  yield row("memory per message, history 10000, with hints of a Store", "bytes", hinted.ours, hinted.peer);
  const peer = await numberFromChild(CHILD, ["peer", PEER_MESSAGES]);
  for (const messages of quick ? [10_000] : [10_000, 100_000, 1_000_000]) {
    const ours = await numberFromChild(CHILD, ["ours", messages]);
    yield row(`memory per message, history ${messages}`, "bytes", ours, messages === 10_000 ? peer : null);
  }
}
