import { numberFromChild } from "./support/child.ts";
import { type BenchOptions, type Row, row, type Subject } from "./support/row.ts";

const CHILD = new URL("./restart-child.js", import.meta.url);

/** From the records that a storage gives back to a channel that runs. (The peer keeps nothing over a restart.) */
export const restart: Subject = { name: "restart", run: restartRows };

async function* restartRows({ quick }: BenchOptions): AsyncGenerator<Row, void, undefined> {
  for (const messages of quick ? [10_000] : [10_000, 100_000, 1_000_000]) {
    yield row(
      `restart with ${messages} messages, 5 authors`,
      "ms",
      await numberFromChild(CHILD, [messages, messages > 100_000 ? 3 : 7]),
    );
  }
}
