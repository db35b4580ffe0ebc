import { receivedBy } from "../../../src/sds/evidence/received-by.ts";
import { deliveryStateOf } from "../../../src/sds/outbox/delivery-state.ts";
import { levelOf } from "../../../src/sds/outbox/level.ts";
import type { OutboxEntry } from "../../../src/sds/outbox/outbox-entry.ts";
import type { MessageId, ParticipantId } from "../../../src/sds/wire/ids.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";

/** What people are told of their own messages is at most what is true. Liars may say of themselves what they like. */
export function checkStatistics(member: SimParticipant, bySender: ReadonlyMap<ParticipantId, SimParticipant>): void {
  for (const item of member.state.outbox.items.values()) checkShown(member, item, bySender);
}

function checkShown(
  { state, index }: SimParticipant,
  item: OutboxEntry,
  bySender: ReadonlyMap<ParticipantId, SimParticipant>,
): void {
  const { entry } = item;
  const has = (participant: number): boolean => holds(bySender, state.participants.all[participant]?.id, entry.id);
  const level = levelOf(item, state.identity.parameters);
  const shown = deliveryStateOf({ received: receivedBy(state, entry), audience: entry.audience, level }, item);
  const inAudience = entry.audience.filter(has).length;
  const saying = (): string => `member ${index} is told of ${entry.id}: ${JSON.stringify(shown)}`;
  const lowerBound = (holds: boolean): void => check(holds, "numbers are lower bounds", saying);
  switch (shown.kind) {
    case "received": {
      const everybody = shown.n === null ? state.participants.all.filter((one) => has(one.index)).length : inAudience;
      lowerBound(shown.k >= 1 && shown.k <= everybody);
      return;
    }
    case "level":
      lowerBound(shown.k <= inAudience && inAudience * 100 >= shown.n * shown.percent);
      return;
    case "everyone":
      lowerBound(shown.n >= 1 && inAudience === shown.n);
      return;
    default:
      return;
  }
}

/** Whoever is no honest member may claim anything. */
function holds(
  bySender: ReadonlyMap<ParticipantId, SimParticipant>,
  participant: ParticipantId | undefined,
  id: MessageId,
): boolean {
  const member = participant === undefined ? undefined : bySender.get(participant);
  return member === undefined || member.disk.durable.has(id);
}
