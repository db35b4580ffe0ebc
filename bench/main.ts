/**
 * `npm run bench`: this protocol against @waku/sds, both in this run and on this machine.
 * Usage: npm run bench -- [--quick] [--json FILE] [--only SUBJECT[,SUBJECT ...]]
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { acks } from "./acks.ts";
import { bloom } from "./bloom.ts";
import { bursts } from "./bursts.ts";
import { bytes } from "./bytes.ts";
import { idle } from "./idle.ts";
import { memory } from "./memory.ts";
import { receive } from "./receive.ts";
import { restart } from "./restart.ts";
import { send } from "./send.ts";
import { signatures } from "./signatures.ts";
import type { Row, Subject } from "./support/row.ts";
import { TABLE_HEAD, tableLine } from "./support/table.ts";

const SUBJECTS: readonly Subject[] = [receive, signatures, send, bursts, acks, bloom, bytes, memory, restart, idle];

function selected(only: string | undefined): readonly Subject[] {
  if (only === undefined) return SUBJECTS;
  const names = only.split(",");
  const unknown = names.filter((name) => !SUBJECTS.some((subject) => subject.name === name));
  if (unknown.length === 0) return SUBJECTS.filter((subject) => names.includes(subject.name));
  console.error(`Unknown subject ${unknown.join(", ")}. Subjects: ${SUBJECTS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

function machine(): string {
  const load = loadavg().map((value) => value.toFixed(1));
  return `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load ${load.join(" ")}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, json: { type: "string" }, only: { type: "string" } },
  });
  const options = { quick: values.quick === true };
  const rows: Row[] = [];
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine()}\n\n${TABLE_HEAD}`);
  for (const subject of selected(values.only)) {
    for await (const row of subject.run(options)) {
      rows.push(row);
      console.log(tableLine(row));
    }
  }
  console.log(`\n${machine()}`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
}

await main();
