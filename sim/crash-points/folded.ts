import type { ChannelParts } from "../../src/channel/channel.ts";
import { createLedgerFold } from "../../src/channel/disk/ledger-fold.ts";
import { daysWith } from "../../src/sds/io/day-sums.ts";
import { emptySummary, summaryWith } from "../../src/sds/io/message-summary.ts";
import { decodeSummaries } from "../../src/sds/io/summary-codec.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import { Violation } from "../core/report/violation.ts";
import type { FullMember } from "../full/full-member.ts";

const ALL = 1_000_000;
const ROWS = 8;

/** A fold of a few rows at a time, so that a short script has many. */
export const FOLDS_OFTEN: Partial<ChannelParts> = {
  createLedgerFold: (options) =>
    createLedgerFold({
      ...options,
      limits: {
        keep: { rows: ROWS, ids: 64 },
        batch: { rows: 3, ids: 8 },
        pauseMs: { first: 500, next: 10 },
      },
    }),
};

/**
 * What is folded and what is not tell together what all rows told that were ever on the disk, of each message and in sums; and
 * with `FOLDS_OFTEN` few rows are left. Null when it is so.
 */
export async function checkFolded(
  member: FullMember,
  channel: ChannelId,
  isFolded: boolean,
): Promise<Violation | null> {
  const storage = await member.tracked.device.open();
  const rows = await storage.readLedger(channel, 0, ALL);
  const told = member.disk.ledger;
  const wrong = (what: string) => new Violation("folding loses nothing", `member ${member.index}: ${what}`);
  if (isFolded && rows.length > ROWS + 3) return wrong(`${rows.length} of ${told.length} rows are left`);
  if (JSON.stringify(rows) !== JSON.stringify(told.slice(told.length - rows.length)))
    return wrong("rows are not the newest");
  const { messages } = await storage.load(channel);
  for (const { id, lamport } of messages) {
    const [record] = await storage.readSummaries(channel, [lamport]);
    const stored = decodeSummaries(record?.bytes ?? new Uint8Array()).find((each) => each.id === id);
    const [found, all] = [stored ?? emptySummary(id), emptySummary(id)].map((before, n) =>
      JSON.stringify(summaryWith(before, n === 0 ? rows : told.map((row) => ({ ...row, at: Math.round(row.at) })))),
    );
    if (found !== all) return wrong(`of ${id} it tells ${found}, not ${all}`);
  }
  const days = JSON.stringify(sorted(daysWith(await storage.readDays(channel, 0), rows)));
  const expected = JSON.stringify(sorted(daysWith([], told)));
  await storage.close();
  return days === expected ? null : wrong(`sums are ${days}, not ${expected}`);
}

/** In one order of days and of sums. */
function sorted(days: ReturnType<typeof daysWith>): unknown {
  return days
    .map(({ day, sums }) => [day, Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1))])
    .sort(([a], [b]) => Number(a) - Number(b));
}
