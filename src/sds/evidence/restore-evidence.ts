import type { Credits } from "../collections/credits.ts";
import type { ClaimEntry, StoredChannel } from "../io/records.ts";
import { NOT_HELD, type RestoredGraph } from "../log/restored-graph.ts";
import type { Need } from "../participants/kept-claims.ts";
import type { Participant } from "../participants/participant.ts";
import { creditsOf, keepClaim } from "../participants/proven.ts";
import { creditHolder, pendListed } from "./evidence.ts";
import type { EvidenceAndBelow } from "./evidence-state.ts";
import { takesPlaceOfNeeded } from "./evidence-walk.ts";

/**
 * When the channel is restored: who has what is derived from the smallest set of claims that proves it. What followed from
 * them is stored too, so nothing is told, and each is followed to its end at once.
 */
export function restoreEvidence(state: EvidenceAndBelow, graph: RestoredGraph, stored: StoredChannel): void {
  for (const entry of graph.entries) if (entry.status === "delivered" && !entry.mine) creditHolder(state, entry);
  /** Entries that a claim of the participant lists, by number: most are none, and are not asked for. */
  const listed = new Uint8Array(graph.entries.length);
  for (const { index, claims } of stored.participants) {
    const participant = state.participants.all[index];
    if (participant === undefined) continue;
    const numbers = claims.flatMap(({ id }) => state.log.entries.get(id)?.number ?? []);
    for (const number of numbers) listed[number] = 1;
    for (const claim of claims) restoreClaim(state, { graph, participant, listed }, claim);
    for (const number of numbers) listed[number] = 0;
  }
}

/** Whose claims are followed through what. */
interface Following {
  readonly graph: RestoredGraph;
  readonly participant: Participant;
  readonly listed: Uint8Array;
}

function restoreClaim(state: EvidenceAndBelow, following: Following, { id, completeSince }: ClaimEntry): void {
  const { participant } = following;
  const entry = state.log.entries.get(id);
  if (entry === undefined) {
    pendListed(state, participant, id, completeSince);
    return;
  }
  const before = participant.credits.since(entry.number);
  //= protocol: CLAIM-8
  if (before !== null && before <= completeSince) return;
  keepClaim(participant, id, completeSince, followAll(state, following, entry.number, completeSince));
}

/** Does what `follow` does, to the end and on arrays: a start goes through the whole log for each participant. */
function followAll(state: EvidenceAndBelow, following: Following, from: number, completeSince: number): Need {
  const { graph, participant, listed } = following;
  const { entries, firstEdge, leadsTo, lamports } = graph;
  const { watermark } = state.holes;
  const credits: Credits = creditsOf(participant);
  const walk = { participant, completeSince, listed: entries[from] ?? null };
  let needed = false;
  const isReached = (since: number | null): boolean => since !== null && since <= completeSince;
  const stack = [from];
  for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
    const entry = entries[number];
    if (entry === undefined) continue;
    if (listed[number] === 1 && takesPlaceOfNeeded(walk, entry)) needed = true;
    const before = credits.since(number);
    if (isReached(before)) continue;
    credits.credit(number, completeSince);
    if (before === null && entry.mine) needed = true;
    const end = firstEdge[number + 1] as number;
    for (let edge = firstEdge[number] as number; edge < end; edge++) {
      const lamport = lamports[edge] as number;
      //= protocol: CLAIM-2
      if (!(lamport >= completeSince)) continue;
      const parent = leadsTo[edge] as number;
      if (parent >= 0) {
        if (listed[parent] === 1 || !isReached(credits.since(parent))) stack.push(parent);
      } else if (parent === NOT_HELD && lamport >= watermark) needed = true;
    }
  }
  return needed ? "needed" : "other";
}
