import type { LogEntry } from "../log/log-entry.ts";
import { NOT_HELD, type RestoredGraph } from "../log/restored-graph.ts";
import type { Participant } from "../participants/participant.ts";
import { creditsOf } from "../participants/proven.ts";
import type { EvidenceAndBelow } from "./evidence-state.ts";
import { takesPlaceOfNeeded } from "./evidence-walk.ts";

/** A claim that reaches far down the log. */
export interface FarClaim {
  readonly participant: Participant;
  /** The number of the entry that it lists. */
  readonly from: number;
  readonly completeSince: number;
  /** Entries that claims of the participant list, by number. */
  readonly listed: readonly number[];
}

/** As many as an integer has bits: each claim is one of them. */
const AT_ONCE = 32;

/**
 * Follows claims of different participants to their end, all in one pass over the log, and says which of them are needed.
 * Nearly everybody has nearly everything, so that one walk for each would go through the whole log as often as there are
 * participants. What builds on something stands behind it in the log: whoever is known to have an entry is known to have
 * what it names when the pass, from the newest entry down, comes to that.
 */
export function followTogether(
  state: EvidenceAndBelow,
  graph: RestoredGraph,
  claims: readonly FarClaim[],
): ReadonlySet<FarClaim> {
  const needed = new Set<FarClaim>();
  for (let start = 0; start < claims.length; start += AT_ONCE) {
    const some = claims.slice(start, start + AT_ONCE).sort((a, b) => a.completeSince - b.completeSince);
    const bits = followSome(state, graph, some);
    for (const [index, claim] of some.entries()) if ((bits & (1 << index)) !== 0) needed.add(claim);
  }
  return needed;
}

/** `claims`: in the order of their `complete_since`. Returns the bits of those that are needed. */
function followSome(state: EvidenceAndBelow, graph: RestoredGraph, claims: readonly FarClaim[]): number {
  const { entries, inOrder, firstEdge, leadsTo, lamports } = graph;
  const { watermark } = state.holes;
  const bounds = Float64Array.from(claims, ({ completeSince }) => completeSince);
  const allCredits = claims.map(({ participant }) => creditsOf(participant));
  /** Of each entry: whose claims reach it; in the end, whom it is to be credited to. */
  const reached = new Int32Array(entries.length);
  /** Of each entry: a claim of whom lists it. Most are listed by none, and are not asked for. */
  const listed = new Int32Array(entries.length);
  /** Who may have something by earlier claims. */
  let credited = 0;
  let needed = 0;

  for (const [index, claim] of claims.entries()) {
    const bit = 1 << index;
    allCredits[index]?.expect(claim.completeSince);
    if (allCredits[index]?.isEmpty() === false) credited |= bit;
    for (const number of claim.listed) listed[number] = (listed[number] as number) | bit;
    reached[claim.from] = (reached[claim.from] as number) | bit;
  }

  function visit(entry: LogEntry): void {
    const { number } = entry;
    let bits = reached[number] as number;
    const named = bits & (listed[number] as number);
    if (named !== 0) noteListed(entry, named);
    const [stopped, before] = (bits & credited) === 0 ? NOBODY : creditedBefore(number, bits & credited);
    bits &= ~stopped;
    reached[number] = bits;
    if (bits === 0) return;
    if (entry.mine) needed |= bits & ~before;
    const end = firstEdge[number + 1] as number;
    for (let edge = firstEdge[number] as number; edge < end; edge++) {
      const lamport = lamports[edge] as number;
      //= protocol: CLAIM-2
      const onward = bits & boundsUpTo(bounds, lamport);
      const parent = leadsTo[edge] as number;
      if (parent >= 0) reached[parent] = (reached[parent] as number) | onward;
      else if (parent === NOT_HELD && lamport >= watermark) needed |= onward;
    }
  }

  function noteListed(entry: LogEntry, bits: number): void {
    for (const [index, { participant, completeSince, from }] of claims.entries()) {
      if ((bits & (1 << index)) === 0) continue;
      const walk = { participant, completeSince, listed: entries[from] ?? null };
      if (takesPlaceOfNeeded(walk, entry)) needed |= 1 << index;
    }
  }

  /** Whose earlier claims reach as far below this entry, so that these need not; and who has it by any. */
  function creditedBefore(number: number, asked: number): readonly [stopped: number, before: number] {
    let [stopped, before] = [0, 0];
    for (const [index, credits] of allCredits.entries()) {
      if ((asked & (1 << index)) === 0) continue;
      const since = credits.since(number);
      if (since === null) continue;
      before |= 1 << index;
      if (since <= (bounds[index] as number)) stopped |= 1 << index;
    }
    return [stopped, before];
  }

  const unsigned: LogEntry[] = [];
  for (let place = inOrder.length - 1; place >= 0; place--) {
    const entry = inOrder[place] as LogEntry;
    if (!entry.signed) unsigned.push(entry);
    else if (reached[entry.number] !== 0) visit(entry);
  }
  // They may stand behind what names them, as nobody signed their place; and nothing is proved below them.
  //= protocol: EDGE-6
  for (const entry of unsigned) if (reached[entry.number] !== 0) visit(entry);
  for (const [index, credits] of allCredits.entries()) {
    credits.creditMarked(reached, 1 << index, bounds[index] as number);
  }
  return needed;
}

const NOBODY = [0, 0] as const;

/** The bits of the bounds up to this Lamport timestamp; none for NaN. */
function boundsUpTo(bounds: Float64Array, lamport: number): number {
  let count = bounds.length;
  while (count > 0 && !(lamport >= (bounds[count - 1] as number))) count--;
  return count === AT_ONCE ? -1 : (1 << count) - 1;
}
