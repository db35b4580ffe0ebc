import type { ClaimEntry } from "../io/records.ts";
import { MAX_OTHER_CLAIMS } from "../parameters/limits.ts";
import type { MessageId } from "../wire/ids.ts";

/** Whether what is known of own messages follows from a claim, or may come to. */
export type Need = "needed" | "other" | "undecided";

/** What everybody may ask of them. */
export type KeptClaimsView = Pick<KeptClaims, "size" | "ids" | "get" | "changed" | "isNeeded" | "stored">;

/**
 * The claims of one participant that a restart derives again what they have from: listed id -> complete_since. Kept are
 * only those that proved something when they came, less those that a newer one proves. Three kinds:
 *
 * - *needed*: the first that proved an own message, or one that waits for a message and may come to. What walks over one
 *   takes its place. All that is known of own messages follows from these, so none is dropped; nobody can make more of
 *   them than there are own messages, messages with causes that never came, and ids that may wait.
 * - *others* prove who has messages of others. A member can make any number of them, by listing old ids one by one, and
 *   all are written with each word of theirs; so only the newest are kept, and a restart may forget the rest.
 * - *undecided*: still to be followed, so that none is dropped either, whatever proves it meanwhile.
 */
export class KeptClaims {
  readonly #needed = new Map<MessageId, number>();
  readonly #undecided = new Map<MessageId, number>();
  readonly #others = new Map<MessageId, number>();
  #stored: readonly ClaimEntry[] | null = null;

  get size(): number {
    return this.#needed.size + this.#undecided.size + this.#others.size;
  }

  /** Listed ids. */
  ids(): readonly MessageId[] {
    return [...this.#needed.keys(), ...this.#undecided.keys(), ...this.#others.keys()];
  }

  /** The complete_since of the claim of this id; undefined when there is none. */
  get(id: MessageId): number | undefined {
    return this.#needed.get(id) ?? this.#undecided.get(id) ?? this.#others.get(id);
  }

  /** Since they were last asked for as they are stored. Most words of a participant change only when it was heard. */
  get changed(): boolean {
    return this.#stored === null;
  }

  keep(id: MessageId, completeSince: number, need: Need): void {
    // A lower one, still to be followed, proves all that this one does, and more.
    const before = this.get(id) ?? completeSince;
    if (before < completeSince && need !== "needed") return;
    this.drop(id);
    this.#kindOf(need).set(id, Math.min(before, completeSince));
    this.#stored = null;
    //= protocol: CLAIM-8
    if (this.#others.size <= MAX_OTHER_CLAIMS) return;
    for (const oldest of this.#others.keys()) {
      this.#others.delete(oldest);
      return;
    }
  }

  /** The claim was followed to its end. Another one of the same id may have taken its place, with a lower complete_since. */
  decide(id: MessageId, completeSince: number, need: Need): void {
    const kept = this.get(id);
    if (kept === undefined) return;
    const isNeeded = need === "needed" && !this.#needed.has(id);
    if (isNeeded || this.#undecided.get(id) === completeSince) this.keep(id, kept, need);
  }

  drop(id: MessageId): void {
    const isDropped = this.#needed.delete(id) || this.#undecided.delete(id) || this.#others.delete(id);
    if (isDropped) this.#stored = null;
  }

  isNeeded(id: MessageId): boolean {
    return this.#needed.has(id);
  }

  /** Drops a claim of `id` that one with this `completeSince` walked over. True if that one is needed in its place. */
  dropProven(id: MessageId, completeSince: number): boolean {
    const needed = this.#needed.get(id);
    const claimed = needed ?? this.#others.get(id);
    if (claimed === undefined || claimed < completeSince) return false;
    this.drop(id);
    return needed !== undefined;
  }

  /** As they are stored: a restart that takes them in this order needs the same ones again, or fewer. */
  stored(): readonly ClaimEntry[] {
    if (this.#stored !== null) return this.#stored;
    const stored: ClaimEntry[] = [];
    for (const kind of [this.#needed, this.#undecided, this.#others]) {
      for (const [id, completeSince] of kind) stored.push({ id, completeSince });
    }
    this.#stored = stored;
    return stored;
  }

  #kindOf(need: Need): Map<MessageId, number> {
    return need === "needed" ? this.#needed : need === "other" ? this.#others : this.#undecided;
  }
}
