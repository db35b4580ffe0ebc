import { receivedBy } from "../../src/sds/evidence/received-by.ts";
import type { LedgerRow } from "../../src/sds/io/ledger.ts";
import type { IncomingContent } from "../../src/sds/io/step-input.ts";
import type { MessageId, ParticipantId } from "../../src/sds/wire/ids.ts";
import { BudgetWatch } from "./invariants/budget.ts";
import { checkCompleteSince } from "./invariants/complete-since.ts";
import { checkCausesFirst, checkOnce } from "./invariants/delivery.ts";
import { checkNoSlander, checkRestored, checkSound, noteTold } from "./invariants/evidence.ts";
import { checkAttempts, checkLedgerOrder } from "./invariants/ledger.ts";
import { checkContentSize } from "./invariants/size.ts";
import { checkSpeaker } from "./invariants/speakers.ts";
import { checkCorrection, checkState } from "./invariants/state.ts";
import { checkStatistics } from "./invariants/statistics.ts";
import type { Truth, View } from "./invariants/truth.ts";
import type { SimParticipant } from "./members/participant.ts";
import type { Observer, Traffic } from "./members/surroundings.ts";
import { decodeFrame, type Frame, type Speaker } from "./network/frame.ts";
import { check } from "./report/violation.ts";
import { TimerWatch } from "./timers/timer-watch.ts";

export interface OracleWorld {
  now(): number;
  readonly epoch: number;
  readonly members: readonly SimParticipant[];
  /** Without a speaker: has no key of its own. */
  readonly liars: readonly { readonly index: number; readonly speaker?: Speaker }[];
  readonly settings: { readonly seed: number; readonly participants: number; readonly clockJumps: number };
  readonly parameters: { readonly budgetPerTenMinutes: number };
  readonly profile: "community" | "sds";
  intakeMs?(member: SimParticipant): number;
}

export interface Counts {
  messages: number;
  deliveries: number;
  duplicatesSeen: number;
  publishFailures: number;
  clockYes: number;
  clockNo: number;
  evidence: number;
  readonly traffic: Record<Traffic, number>;
}

/** Knows everything that is true and checks what members believe against it. */
export interface Oracle extends Observer {
  readonly truths: ReadonlyMap<MessageId, Truth>;
  readonly counts: Counts;
  /** Times at which evidence of one's own message came in, by message and receiver. True time. */
  readonly receipts: ReadonlyMap<MessageId, ReadonlyMap<number, number>>;
  memberOf(id: ParticipantId): SimParticipant | undefined;
  injected(frame: Frame): void;
  /** Somebody who is no member of ours said this. */
  met(content: IncomingContent): void;
  view(member: SimParticipant): View;
  /** The expensive checks, for everybody who runs. */
  checkAll(): void;
}

/** The expensive checks run once in so many steps of a member. */
const SAMPLE_EVERY = 64;
const STATISTICS_EVERY = 4 * SAMPLE_EVERY;

export function createOracle(world: OracleWorld): Oracle {
  const truths = new Map<MessageId, Truth>();
  const views = new Map<SimParticipant, View>();
  const taken = new Set<MessageId>();
  const receipts = new Map<MessageId, Map<number, number>>();
  const bySender = new Map(world.members.map((member) => [member.speaker.self, member]));
  const keyed = new Set(bySender.keys());
  for (const { speaker } of world.liars) if (speaker !== undefined) keyed.add(speaker.self);
  const budget = new BudgetWatch(world);
  const timers = new TimerWatch(world);
  const counts: Counts = {
    ...{ messages: 0, deliveries: 0, duplicatesSeen: 0, publishFailures: 0, evidence: 0, clockYes: 0, clockNo: 0 },
    traffic: { content: 0, resend: 0, sync: 0, checkpoint: 0, repair: 0 },
  };

  function view(member: SimParticipant): View {
    const known = views.get(member);
    if (known !== undefined) return known;
    const created = {
      delivered: new Set<MessageId>(),
      lost: new Set<MessageId>(),
      told: new Map<MessageId, Set<number>>(),
      lastSeq: 0,
      steps: 0,
      settled: new Set<MessageId>(),
      receivers: new Map<MessageId, number>(),
      corrections: [0],
    };
    views.set(member, created);
    return created;
  }

  function checkRow(member: SimParticipant, row: LedgerRow): void {
    const seen = view(member);
    checkLedgerOrder(member, seen, row);
    if (row.kind === "accepted" || row.kind === "delivered") {
      for (const id of row.ids) {
        checkOnce(member, seen, id);
        checkCausesFirst(member, seen, id, truths);
        seen.delivered.add(id);
      }
      if (row.kind === "delivered") counts.deliveries += row.ids.length;
    }
    if (row.kind === "hole" && row.state === "lost") for (const id of row.ids) seen.lost.add(id);
    if (row.kind === "evidence") {
      counts.evidence += row.ids.length;
      noteTold(seen, row);
      checkSpeaker(member, row, keyed);
      checkSound(member, row, bySender);
      noteReceipts(member, row);
    }
    if (row.kind === "attempt-result") checkAttempts(member, row, taken);
  }

  function noteReceipts(member: SimParticipant, row: Extract<LedgerRow, { kind: "evidence" }>): void {
    for (const id of row.ids) {
      if (truths.get(id)?.author !== member.index) continue;
      const known = receipts.get(id) ?? new Map<number, number>();
      if (!known.has(row.participant)) known.set(row.participant, world.now());
      receipts.set(id, known);
    }
  }

  function checkNow(member: SimParticipant): void {
    if (view(member).steps % STATISTICS_EVERY === 0) checkStatistics(member, bySender);
    checkState(member, view(member), truths, (entry) => receivedBy(member.state, entry));
    checkNoSlander(member, (id) => bySender.has(id));
  }

  return {
    truths,
    counts,
    receipts,
    view,
    memberOf: (id) => bySender.get(id),
    composed(member, content, requestId) {
      counts.messages++;
      check(!truths.has(content.id), "no two messages share an id", () => `${content.id} by member ${member.index}`);
      truths.set(content.id, { content, author: member.index, honest: true, requestId, at: world.now(), told: false });
    },
    injected(frame) {
      const decoded = decodeFrame(frame.bytes);
      if (typeof decoded === "string" || decoded.kind !== "content" || frame.forged || truths.has(decoded.content.id))
        return;
      const { content } = decoded;
      truths.set(content.id, {
        content,
        author: frame.from,
        honest: false,
        requestId: "",
        at: world.now(),
        told: false,
      });
    },
    met(content) {
      truths.set(content.id, { content, author: -1, honest: false, requestId: "", at: world.now(), told: false });
    },
    accepted(_member, id) {
      const truth = truths.get(id);
      if (truth !== undefined) truth.told = true;
    },
    booted(member) {
      const seen = view(member);
      seen.delivered.clear();
      seen.told.clear();
      for (const row of member.disk.ledger) if (row.kind === "evidence") noteTold(seen, row);
      seen.settled.clear();
      seen.receivers.clear();
      for (const { id } of member.state.log.order) seen.delivered.add(id);
      for (const { id, state } of member.state.holes.missing.values()) if (state === "lost") seen.lost.add(id);
      seen.lastSeq = member.disk.ledger.at(-1)?.seq ?? 0;
      checkCorrection(member, seen);
      checkRestored(member, truths, bySender);
      checkCompleteSince(member);
      timers.booted(member);
    },
    stepping: (member) => timers.stepping(member),
    planned: (member) => timers.planned(member),
    stepped(member, input, effects) {
      timers.stepped(member, input, effects);
      const seen = view(member);
      if (input.kind === "seen-again") counts.duplicatesSeen++;
      if (effects.length === 0 && input.kind === "seen-again") return;
      for (const effect of effects) {
        if (effect.kind !== "commit") continue;
        for (const change of effect.changes) {
          if (change.op === "put" && change.table === "ledger") checkRow(member, change.record);
        }
      }
      if (++seen.steps % SAMPLE_EVERY === 0) checkNow(member);
    },
    published(member, traffic, frame) {
      counts.traffic[traffic]++;
      budget.note(member);
      if (traffic === "content" && world.profile === "community") checkContentSize(frame);
    },
    taken: (_member, id) => taken.add(id),
    failed: () => void counts.publishFailures++,
    answered(member, yes, correctionMs) {
      if (yes) counts.clockYes++;
      else counts.clockNo++;
      const seen = view(member);
      seen.corrections = [...seen.corrections, correctionMs];
    },
    clockKept(member, correctionMs) {
      const seen = view(member);
      seen.corrections = seen.corrections.slice(seen.corrections.lastIndexOf(correctionMs));
    },
    checkAll() {
      for (const member of world.members) {
        if (!member.running) continue;
        checkNow(member);
        checkStatistics(member, bySender);
      }
    },
  };
}
