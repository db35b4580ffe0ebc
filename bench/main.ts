/**
 * `npm run bench`: this protocol against @waku/sds, both in this run and on this machine.
 * Usage: npm run bench -- [--quick] [--long] [--profile] [--json FILE] [--only SUBJECT[,SUBJECT ...]]
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { acks } from "./acks.ts";
import { bloom } from "./bloom.ts";
import { bursts } from "./bursts.ts";
import { bytes } from "./bytes.ts";
import { disk } from "./disk.ts";
import { idle } from "./idle.ts";
import { join } from "./join.ts";
import { live } from "./live.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { open } from "./open.ts";
import { receive } from "./receive.ts";
import { send } from "./send.ts";
import { sendPath } from "./send-path.ts";
import { signatures } from "./signatures.ts";
import type { Row, Subject } from "./support/row.ts";
import { TABLE_HEAD, tableLine } from "./support/table.ts";

const SUBJECTS: readonly Subject[] = [
  ...[receive, signatures, send, bursts, acks, bloom, bytes, memory, open, idle],
  ...[join, sendPath, live, load, disk],
];

function selected(only: string | undefined): readonly Subject[] {
  if (only === undefined) return SUBJECTS;
  const names = only.split(",");
  const unknown = names.filter((name) => !SUBJECTS.some((subject) => subject.name === name));
  if (unknown.length === 0) return SUBJECTS.filter((subject) => names.includes(subject.name));
  return refuse(
    `Unknown subject ${unknown.join(", ")}. Subjects: ${[...new Set(SUBJECTS.map(({ name }) => name))].join(", ")}`,
  );
}

function optionsOf(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        ...{ quick: { type: "boolean" }, long: { type: "boolean" }, profile: { type: "boolean" } },
        ...{ json: { type: "string" }, only: { type: "string" } },
      },
    }).values;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return refuse(
      `${words}\nUsage: npm run bench -- [--quick] [--long] [--profile] [--json FILE] [--only SUBJECT,SUBJECT]`,
    );
  }
}

function refuse(words: string): never {
  console.error(words);
  process.exit(2);
}

function machine(): string {
  const load = loadavg().map((value) => value.toFixed(1));
  return `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load ${load.join(" ")}`;
}

async function main(): Promise<void> {
  const { quick = false, long = false, profile = false, json, only } = optionsOf(process.argv.slice(2));
  const subjects = selected(only);
  const rows: Row[] = [];
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine()}\n\n${TABLE_HEAD}`);
  for (const subject of subjects) {
    for await (const row of subject.run({ quick, long, profile })) {
      rows.push(row);
      console.log(tableLine(row));
    }
  }
  console.log(`\n${machine()}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
}

await main();
