import { receivedBy } from "../../../src/sds/evidence/received-by.ts";
import type { LedgerRow } from "../../../src/sds/io/ledger.ts";
import type { LogEntry } from "../../../src/sds/log/log-entry.ts";
import type { OutboxEntry } from "../../../src/sds/outbox/outbox-entry.ts";
import { MAX_OTHER_CLAIMS } from "../../../src/sds/parameters/limits.ts";
import { MESSAGE_TYPE } from "../../../src/sds/parameters/message-type.ts";
import type { MessageId, ParticipantId } from "../../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";
import type { Truths, View } from "./truth.ts";

/** "X has it" is said only when X has it on its disk for good. Liars may say of themselves what they like. */
export function checkSound(
  member: SimParticipant,
  row: Extract<LedgerRow, { kind: "evidence" }>,
  bySender: ReadonlyMap<ParticipantId, SimParticipant>,
): void {
  if (!row.signed) return;
  const participant = member.state.participants.all[row.participant];
  const holder = participant === undefined ? undefined : bySender.get(participant.id);
  if (holder === undefined) return;
  for (const id of row.ids) {
    check(holder.disk.durable.has(id), "receipts are sound", () => {
      return `member ${member.index} was told that member ${holder.index} has ${id}, which it has not`;
    });
  }
}

/** What the ledger says of who has what. */
export function noteTold(seen: View, row: Extract<LedgerRow, { kind: "evidence" }>): void {
  if (!row.signed) return;
  for (const id of row.ids) {
    const told = seen.told.get(id);
    if (told === undefined) seen.told.set(id, new Set([row.participant]));
    else told.add(row.participant);
  }
}

/** Only what somebody said in so many words counts: no filter, no guess. */
export function checkOnlyWords(
  member: SimParticipant,
  seen: View,
  received: (entry: LogEntry) => ReadonlySet<number>,
): void {
  for (const { entry } of member.state.outbox.items.values()) {
    const told = seen.told.get(entry.id);
    for (const index of received(entry)) {
      check(told?.has(index) === true, "only words count", () => {
        return `member ${member.index} counts participant ${index} as a receiver of ${entry.id} without their word`;
      });
    }
  }
}

/** Nobody who counts densely is said to have used a number twice. */
export function checkNoSlander({ state, index }: SimParticipant, isHonest: (id: ParticipantId) => boolean): void {
  for (const { id, equivocations } of state.participants.all) {
    check(equivocations === 0 || !isHonest(id), "nobody is slandered", () => {
      return `member ${index} says that ${id} used a number twice`;
    });
  }
}

/**
 * A boot knows what was written: every accepted message, and every receipt; of others' messages not what liars say, nor what
 * those say of whom more was heard than is kept.
 */
export function checkRestored(
  member: SimParticipant,
  truths: Truths,
  bySender: ReadonlyMap<ParticipantId, SimParticipant>,
): void {
  const { state, disk } = member;
  const rows = disk.ledger;
  const remembered = rememberedParticipants(member, bySender);
  for (const row of rows) {
    if (row.kind === "accepted") for (const id of row.ids) checkAccepted(member, id, truths);
    if (row.kind === "evidence" && row.signed) checkRemembered(member, row, remembered);
  }
  for (const [id, { author, told }] of truths) if (told && author === member.index) checkAccepted(member, id, truths);
  const last = rows.at(-1)?.seq ?? 0;
  check(
    state.ledger.seq >= last,
    "ledger without gaps",
    () => `member ${member.index} boots at ${state.ledger.seq}, not ${last}`,
  );
}

function checkAccepted(member: SimParticipant, id: MessageId, truths: Truths): void {
  const { state } = member;
  const truth = truths.get(id);
  // Composed anew it is there under another id; deleted before it left, a void stands in its place.
  const standsIn = ({ requestId, entry }: OutboxEntry): boolean =>
    requestId === truth?.requestId ||
    (entry.type === MESSAGE_TYPE.void && entry.authorSeq === truth?.content.authorSeq);
  const kept = state.log.entries.has(id) || [...state.outbox.items.values()].some(standsIn);
  check(kept, "accepted is durable", () => `member ${member.index} lost its own ${id} in a restart`);
}

/** Whose word on messages of others has to be there after a boot: they are honest, and all of it fitted. */
function rememberedParticipants(
  { state, disk }: SimParticipant,
  bySender: ReadonlyMap<ParticipantId, SimParticipant>,
): ReadonlySet<number> {
  const claims = new Map(disk.load().participants.map((record) => [record.index, record.claims.length]));
  const fitted = state.participants.all.filter(({ id, index }) => {
    return bySender.has(id) && (claims.get(index) ?? 0) < MAX_OTHER_CLAIMS;
  });
  return new Set(fitted.map(({ index }) => index));
}

function checkRemembered(
  member: SimParticipant,
  row: Extract<LedgerRow, { kind: "evidence" }>,
  remembered: ReadonlySet<number>,
): void {
  for (const id of row.ids) {
    const entry = member.state.log.entries.get(id);
    if (entry === undefined || !(entry.mine || remembered.has(row.participant))) continue;
    check(receivedBy(member.state, entry).has(row.participant), "evidence never regresses", () => {
      return `member ${member.index} forgot in a restart that participant ${row.participant} has ${id}`;
    });
  }
}
