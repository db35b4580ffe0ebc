import { isForgotten } from "../holes/watermark.ts";
import { type Edge, isTrueEdge, type LogEntry, mayLeadDown } from "../log/log-entry.ts";
import type { Need } from "../participants/kept-claims.ts";
import type { Participant } from "../participants/participant.ts";
import { countUnfinished, credit, dropProvenClaim } from "../participants/proven.ts";
import type { Gain, Walk, Word } from "./claim-walk.ts";
import type { EvidenceAndBelow, EvidenceContext } from "./evidence-state.ts";
import { ownEvidence } from "./own.ts";

export function nothingGained({ state }: Pick<EvidenceContext, "state">, word: Word): Gain {
  return { word, effort: ownEvidence(state).effort, listed: [], ancestry: [] };
}

/**
 * Credits an entry and its signed ancestry down to `completeSince`. Stops where the participant was credited before
 * under the same or a lower bound: everything below was credited then, or is going to be. Drops the claims that this one
 * proves. A start follows all of it anew, by `restoreClaims`.
 */
export function follow(state: EvidenceAndBelow, walk: Walk, gain: Gain): Need {
  const { participant, completeSince, stack } = walk;
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    //= protocol: LIMIT-11
    if (gain.effort.left <= 0) {
      stack.push(entry);
      ownEvidence(state).unfinished.add({ ...walk, word: gain.word });
      countUnfinished(participant, 1);
      return "undecided";
    }
    const before = participant.credits.since(entry.number);
    const goesOn = before === null || before > completeSince;
    gain.effort.left -= goesOn ? 1 + entry.parents.length : 1;
    if (takesPlaceOfNeeded(walk, entry)) walk.needed = true;
    if (!goesOn) continue;
    credit(participant, entry.number, completeSince);
    if (before === null) noteGain(walk, entry, gain);
    //= protocol: CLAIM-2
    if (pushAncestors(state, walk, entry)) walk.needed = true;
  }
  return walk.needed ? "needed" : "other";
}

/**
 * Drops the claim that this one proves. That of the id it lists itself is not dropped but replaced when it is known what it
 * is: listed twice before it is followed, it is walked twice, and must not drop what the first walk kept.
 */
export function takesPlaceOfNeeded(
  { participant, completeSince, listed }: Pick<Walk, "participant" | "completeSince" | "listed">,
  { id }: LogEntry,
): boolean {
  return id === listed?.id ? participant.claims.isNeeded(id) : dropProvenClaim(participant, id, completeSince);
}

function noteGain(walk: Walk, entry: LogEntry, gain: Gain): void {
  if (entry.mine) walk.needed = true;
  //= protocol: CLAIM-7
  if (entry.author === walk.participant) return;
  (entry === walk.listed ? gain.listed : gain.ancestry).push(entry);
}

/** True if an ancestor is missing: what is below it is not known yet. */
function pushAncestors(state: EvidenceAndBelow, { completeSince, stack }: Walk, entry: LogEntry): boolean {
  let awaited = false;
  for (const reference of entry.parents) {
    if (!mayProve(entry, reference, completeSince) || isForgotten(state, reference)) continue;
    //= protocol: EDGE-2
    const parent = state.log.entries.get(reference.id);
    if (parent === undefined) awaited = true;
    else if (isTrueEdge(entry, reference, parent)) stack.push(parent);
  }
  return awaited;
}

function mayProve(child: LogEntry, edge: Edge, completeSince: number): boolean {
  //= protocol: CLAIM-2
  return mayLeadDown(child, edge) && edge.lamport !== null && edge.lamport >= completeSince;
}

/**
 * The bound under which this participant has an entry that came later than what names it: the lowest of its children's.
 * Null when none of them proves it. Nothing is noted for ancestors that are missing: a member can make any number of
 * them up, and mint keys that list what names them.
 */
export function inheritedSince(
  { credits }: Participant,
  entry: LogEntry,
  children: readonly LogEntry[],
): number | null {
  //= protocol: CLAIM-5
  let lowest: number | null = null;
  for (const child of children) {
    const since = credits.since(child.number);
    if (since === null || (lowest !== null && lowest <= since)) continue;
    const reference = child.parents.find(({ id }) => id === entry.id);
    if (reference === undefined || !mayProve(child, reference, since)) continue;
    if (isTrueEdge(child, reference, entry)) lowest = since;
  }
  return lowest;
}
