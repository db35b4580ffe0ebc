import type { Effect } from "../../src/sds/io/effect.ts";
import type { LedgerRow } from "../../src/sds/io/ledger.ts";
import type { IncomingClaim, StepInput } from "../../src/sds/io/step-input.ts";
import type { MessageId, ParticipantId } from "../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../core/members/participant.ts";
import { short } from "../core/report/trace.ts";
import type { FollowEvent } from "./clauses.ts";
import { type Glance, waitedFor } from "./glance.ts";

/** One step of a member, as far as it is one message's. */
export interface FollowedStep {
  readonly id: MessageId;
  readonly member: SimParticipant;
  readonly input: StepInput;
  readonly effects: readonly Effect[];
  readonly before: Glance;
  readonly after: Glance;
  readonly nameOf: (participant: ParticipantId) => string;
}

/** What the step made of the message, in the order in which it is best told. */
export function eventsOf(step: FollowedStep): FollowEvent[] {
  return [
    ...inputEvents(step),
    ...arrivalEvents(step),
    ...rowsOf(step.effects).flatMap((row) => (row.ids.includes(step.id) ? rowEvents(step, row) : [])),
    ...missingEvents(step),
    ...answerEvents(step),
    ...sendingEvents(step),
    ...step.effects.flatMap((effect) => effectEvents(step, effect)),
  ];
}

function rowsOf(effects: readonly Effect[]): LedgerRow[] {
  const changes = effects.flatMap((effect) => (effect.kind === "commit" ? effect.changes : []));
  return changes.flatMap((change) => (change.op === "put" && change.table === "ledger" ? [change.record] : []));
}

function inputEvents({ id, input, effects, member }: FollowedStep): FollowEvent[] {
  if (input.kind === "composed" && input.content.parents.some((parent) => parent.id === id)) {
    return [{ kind: "named as a cause", words: `names it as a cause of ${short(input.content.id)}` }];
  }
  if (input.kind === "seen-again" && input.id === id) return seenAgain(input);
  if (input.kind !== "receive-claim" || input.id !== id || input.copy === null) return [];
  const stored = effects.some(
    (effect) =>
      effect.kind === "commit" &&
      effect.changes.some((change) => change.op === "put" && change.table === "body" && change.record.id === id),
  );
  if (!stored || member.state.log.entries.get(id)?.mine === true) return [];
  return [{ kind: "whole copy taken", words: "takes this copy in the place of its own, as its trailer holds" }];
}

function seenAgain({ source, whole }: Extract<StepInput, { kind: "seen-again" }>): FollowEvent[] {
  const where = source === "live" ? "live" : "out of the Store";
  if (whole) return [{ kind: "came again", words: `has it already (${where})` }];
  return [{ kind: "came again otherwise", words: `has it already, in other bytes (${where})` }];
}

function arrivalEvents({ id, member, input, before, after }: FollowedStep): FollowEvent[] {
  if (!before.embargoed && after.embargoed) {
    const message = member.state.receive.embargoed.get(id);
    const ahead = (message?.content.lamport ?? 0) - member.now();
    return [{ kind: "embargoed", words: `keeps it apart: its time is ${seconds(ahead)} ahead` }];
  }
  const entry = member.state.log.entries.get(id);
  if (before.status !== null || entry === undefined) return [];
  if (entry.mine && input.kind === "receive-content") {
    return [{ kind: "readmitted", words: "takes its own message back, which it had forgotten" }];
  }
  if (after.status !== "buffered") return [];
  const causes = waitedFor(member.state, entry).map(short);
  return [{ kind: "waits", words: `stores it; it waits for ${causes.join(", ")}` }];
}

function rowEvents(step: FollowedStep, row: LedgerRow): FollowEvent[] {
  switch (row.kind) {
    case "attempt":
      return [attempt(step, row.attempt)];
    case "attempt-result":
      return row.ok
        ? [{ kind: "taken", words: `attempt ${row.attempt} was taken by a service node` }]
        : [{ kind: "not taken", words: `attempt ${row.attempt} was not taken: ${row.reason}` }];
    case "stage":
      return [stage(row.stage)];
    case "delivered":
      return [delivered(step)];
    case "moved":
      return [{ kind: "moved", words: `a lower copy takes its place: ${placeOf(step)}` }];
    case "evidence":
      return [evidence(step, row)];
    case "withdrawn":
      return [{ kind: "withdrawn", words: "takes it out of the log: it was composed anew" }];
    case "removed":
      return [{ kind: "deleted", words: "deletes it on this device; others may have it" }];
    case "level":
      return [{ kind: "level reached", words: `the level of ${row.percent} % is reached` }];
    case "hole":
      return [hole(row.state)];
    // Its author accepts it when it is on disk, which is later than this step.
    case "accepted":
    case "participant":
    case "connected":
      return [];
  }
}

function attempt({ before }: FollowedStep, number: number): FollowEvent {
  const words = `attempt ${number}`;
  if (number === 1) return { kind: "first attempt", words: "attempt 1, as soon as that is written" };
  if (before.stage === "unconfirmed") return { kind: "attempt of the newest unconfirmed", words };
  if (before.stage === "stored") return { kind: "attempt of a stored one", words };
  return { kind: "later attempt", words };
}

function stage(name: string): FollowEvent {
  switch (name) {
    case "waiting":
      return { kind: "limited", words: "holds it back: the rate limit is used up" };
    case "unconfirmed":
      return { kind: "unconfirmed", words: "waited for long, and nobody confirmed it: unconfirmed" };
    case "stored":
      return {
        kind: "stored",
        words: "got it back from a Store: not sent again before somebody is heard who lacks it",
      };
    case "failed":
      return { kind: "given up", words: "is refused by the network for good" };
    default:
      return { kind: "stopped or sent again", words: `a person's wish: ${name}` };
  }
}

function delivered(step: FollowedStep): FollowEvent {
  const words = `delivers it, ${placeOf(step)}`;
  const { input, effects, id } = step;
  const isLost = rowsOf(effects).some((row) => row.kind === "hole" && row.state === "lost");
  if (isLost) return { kind: "delivered past what is lost", words };
  const atOnce = input.kind === "receive-content" && input.content.id === id;
  return { kind: atOnce ? "delivered at once" : "delivered with its causes", words };
}

function placeOf({ member, id }: FollowedStep): string {
  const { order, entries } = member.state.log;
  const entry = entries.get(id);
  return entry === undefined ? "no place" : `place ${order.position(entry) + 1} of ${order.size} in the log`;
}

function evidence(step: FollowedStep, row: Extract<LedgerRow, { kind: "evidence" }>): FollowEvent {
  const { id, input, member } = step;
  const who = nameOfIndex(step, row.participant);
  const by = row.by === "sync" ? `${who}'s sync` : `a message by ${who}`;
  if (!row.signed) return { kind: "claimed without a signature", words: `${by} lists it, which proves nothing` };
  const claim = claimOf(input);
  const outright = row.ids.indexOf(id) < row.listed;
  if (claim === null) {
    const words = `knows that ${who} has it, by what ${who} said before`;
    if (input.kind !== "receive-content") return { kind: "credited in a later step", words };
    return { kind: outright ? "credited when it came" : "credited late", words };
  }
  if (outright) return { kind: "credited outright", words: `knows that ${who} has it: ${by} lists it` };
  const since = `all since ${seconds(member.now() - claim.completeSince)} ago`;
  const words = `knows that ${who} has it: ${by} lists what builds on it, and ${who} has ${since}`;
  return { kind: "credited by ancestry", words };
}

function hole(state: "fetching" | "lost" | "closed"): FollowEvent {
  if (state === "fetching") return { kind: "hole shown", words: "shows a hole in its place" };
  if (state === "lost")
    return { kind: "hole lost", words: "gives up waiting for it: lost, what builds on it is shown" };
  return { kind: "hole closed", words: "closes the hole" };
}

function missingEvents({ id, input, before, after, nameOf }: FollowedStep): FollowEvent[] {
  if (after.missing === null) return [];
  if (before.missing === null) {
    if (input.kind === "receive-content") {
      const { id: child, sender } = input.content;
      const words = `learns of it: ${short(child)} by ${nameOf(sender)} builds on it`;
      return child === id ? [] : [{ kind: "named by a message", words }];
    }
    const claim = claimOf(input);
    if (claim === null) return [];
    return [{ kind: "named by a sync", words: `learns of it: ${nameOf(claim.sender)}'s sync lists it` }];
  }
  if (before.missing.postponed || !after.missing.postponed) return [];
  const asker = claimOf(input)?.sender;
  const who = asker === undefined ? "somebody" : nameOf(asker);
  return [{ kind: "put off", words: `hears ${who} ask for it as well: its own request waits` }];
}

function answerEvents(step: FollowedStep): FollowEvent[] {
  const { id, member, input, effects, before, after } = step;
  if (before.answer === null && after.answer !== null) {
    const who = nameOfIndex(step, after.answer.requester);
    const asked = claimOf(input)?.repairRequests.some(({ messageId }) => messageId === id) === true;
    const when = `will send it in ${seconds(Math.max(0, after.answer.at - member.now()))}`;
    return asked
      ? [{ kind: "answer planned", words: `hears ${who} ask for it: ${when}, if nobody is faster` }]
      : [
          {
            kind: "answer planned as an ancestor",
            words: `hears ${who}, who lacks it, ask for what builds on it: ${when}`,
          },
        ];
  }
  const answered = effects.some((effect) => effect.kind === "repair" && effect.id === id);
  if (before.answer === null || after.answer !== null || answered) return [];
  return [{ kind: "answer cancelled", words: "will not send it any more: it was heard, or the connection is lost" }];
}

function sendingEvents({ member, input, before, after, nameOf }: FollowedStep): FollowEvent[] {
  const events: FollowEvent[] = [];
  const { nextAttemptAt } = after;
  if (before.nextAttemptAt === null && nextAttemptAt !== null && before.stage !== null) {
    const when = `in ${seconds(nextAttemptAt - member.now())}`;
    if (input.kind === "attempt-result") events.push({ kind: "resend planned", words: `next attempt ${when}` });
    if (input.kind === "receive-sync") {
      const words = `hears ${nameOf(input.claim.sender)}, who lacks it: next attempt ${when}`;
      events.push({ kind: "resend to somebody heard", words });
    }
  }
  if (before.stage !== "settled" && after.stage === "settled") {
    events.push({ kind: "settled", words: "settled: not sent again by itself" });
  }
  if (!before.receiptAsked && after.receiptAsked) {
    events.push({ kind: "receipt asked of it", words: "is asked for a receipt: names it in its next sync" });
  }
  return events;
}

function effectEvents(step: FollowedStep, effect: Effect): FollowEvent[] {
  const { id, input, after, before } = step;
  switch (effect.kind) {
    case "reject": {
      const concerned = input.kind === "receive-content" && input.content.id === id;
      if (!concerned) return [];
      return [{ kind: `refused ${effect.reason}`, words: `refuses it: ${effect.reason}` }];
    }
    case "fetch": {
      const wanted = effect.wanted.find((one) => one.id === id);
      if (wanted === undefined) return [];
      const how = wanted.hint === undefined ? "by its time" : "by its hash";
      return [{ kind: "asked of the Store", words: `asks a Store for it ${how}, ask ${after.missing?.asks ?? 1}` }];
    }
    case "repair":
      if (effect.id !== id) return [];
      return [{ kind: "answered", words: `sends it for ${nameOfIndex(step, before.answer?.requester ?? -1)}` }];
    case "send-sync": {
      const { repairRequests, causalHistory, receiptsWantedFrom } = effect.sync;
      const events: FollowEvent[] = [];
      if (repairRequests.some(({ messageId }) => messageId === id)) {
        const words = `asks the others for it in a sync, request ${after.missing?.requests ?? 1}`;
        events.push({ kind: "asked of the others", words });
      }
      if (!causalHistory.some(({ messageId }) => messageId === id)) return events;
      events.push({ kind: "listed in a sync", words: "says in a sync that it has it" });
      if (receiptsWantedFrom !== null && after.stage !== null) {
        events.push({ kind: "receipts asked for", words: `asks ${receiptsWantedFrom.length} for receipts` });
      }
      return events;
    }
    case "compose-anew":
      if (!effect.ids.includes(id)) return [];
      return effect.voided === id
        ? [{ kind: "to become a void", words: "was deleted before it left: a void takes its number" }]
        : [{ kind: "to be composed anew", words: "never left: it is to be composed anew" }];
    case "commit":
    case "send":
      return [];
  }
}

function claimOf(input: StepInput): IncomingClaim | null {
  if (input.kind === "receive-sync" || input.kind === "receive-claim") return input.claim;
  return input.kind === "receive-content" ? input.claim : null;
}

function nameOfIndex({ member, nameOf }: FollowedStep, participant: number): string {
  const known = member.state.participants.all[participant];
  return known === undefined ? "somebody" : nameOf(known.id);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
