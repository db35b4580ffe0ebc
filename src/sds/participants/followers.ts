import type { MessageId } from "../wire/ids.ts";
import { ownParticipant } from "./own.ts";
import type { Participant } from "./participant.ts";

/**
 * The missing ids that participants' syncs alone name, by whose share they are in. How many there are in all, and who has
 * the most, is wanted for each id that a sync names, however many participants there are.
 */
export class Followers {
  /** By how many each has: those with none are not here. */
  readonly #bySize: Set<Participant>[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(participant: Participant, id: MessageId): void {
    if (participant.followed.has(id)) return;
    ownParticipant(participant).followed.add(id);
    this.#total++;
    this.#moved(participant, participant.followed.size - 1);
  }

  /** False when it was not in this share. */
  delete(participant: Participant, id: MessageId): boolean {
    if (!ownParticipant(participant).followed.delete(id)) return false;
    this.#total--;
    this.#moved(participant, participant.followed.size + 1);
    return true;
  }

  /** Of those who have the most, the one who has had as many for longest. */
  largest(): Participant | undefined {
    const [first] = this.#bySize.at(-1) ?? [];
    return first;
  }

  #moved(participant: Participant, before: number): void {
    const { size } = participant.followed;
    while (this.#bySize.length <= size) this.#bySize.push(new Set());
    this.#bySize[before]?.delete(participant);
    if (size > 0) this.#bySize[size]?.add(participant);
    // A share changes by one at a time, so this takes away one or two.
    while (this.#bySize.at(-1)?.size === 0) this.#bySize.pop();
  }
}

/** A message names an id that this participant was the first to name: it is waited for. */
export function awaitId(participant: Participant, id: MessageId): void {
  ownParticipant(participant).awaited.add(id);
}

export function awaitNoMore(participant: Participant, id: MessageId): void {
  ownParticipant(participant).awaited.delete(id);
}
