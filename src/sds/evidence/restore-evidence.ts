import type { Credits } from "../collections/credits.ts";
import type { ClaimEntry, StoredChannel } from "../io/records.ts";
import { NOT_HELD, type RestoredGraph } from "../log/restored-graph.ts";
import type { Need } from "../participants/kept-claims.ts";
import type { Participant } from "../participants/participant.ts";
import { creditsOf, keepClaim } from "../participants/proven.ts";
import { creditHolder, pendListed } from "./evidence.ts";
import type { EvidenceAndBelow } from "./evidence-state.ts";
import { takesPlaceOfNeeded } from "./evidence-walk.ts";
import { type FarClaim, followTogether } from "./far-claims.ts";
import { ownEvidence } from "./own.ts";

/**
 * A claim that reaches more entries than this is followed together with others, in passes over the whole log. That costs
 * as much as one walk through all of it for 32 of them, and finding out that one is far as much as a short walk.
 */
export const FAR = 4_096;

/**
 * When the channel is restored: who has what is derived from the smallest set of claims that proves it. What followed from
 * them is stored too, so nothing is told, and each is followed to its end at once. The claims of one participant are
 * followed in their order, as what one proves is not proved again by the next.
 */
export function restoreEvidence(
  state: EvidenceAndBelow,
  graph: RestoredGraph,
  stored: Pick<StoredChannel, "participants">,
  far = FAR,
): void {
  for (const entry of graph.entries) if (entry.status === "delivered" && !entry.mine) creditHolder(state, entry);
  const tools = { graph, far, listed: new Uint8Array(graph.entries.length), seen: createSeen(graph) };
  let lines = stored.participants.flatMap((record) => lineOf(state, record));
  let rounds = 0;
  for (; lines.length > 0; rounds++) {
    const stopped = lines.flatMap((line) => {
      const claim = followNear(state, tools, line);
      return claim === null ? [] : [{ line, claim }];
    });
    const needed = followTogether(
      state,
      graph,
      stopped.map(({ claim }) => claim),
    );
    for (const { claim } of stopped) {
      const id = graph.entries[claim.from]?.id;
      if (id !== undefined)
        keepClaim(claim.participant, id, claim.completeSince, needed.has(claim) ? "needed" : "other");
    }
    lines = stopped.map(({ line }) => line);
  }
  if (rounds > 1) orderPending(state, stored);
}

/** The claims of one participant, the next first. */
interface ClaimLine {
  readonly participant: Participant;
  readonly claims: Iterator<ClaimEntry, undefined>;
  readonly listed: readonly number[];
}

interface Tools {
  readonly graph: RestoredGraph;
  readonly far: number;
  /** Entries that a claim of the participant lists, by number: most are none, and are not asked for. */
  readonly listed: Uint8Array;
  readonly seen: Seen;
}

/** Entries that one look came by: those with its number. */
interface Seen {
  readonly by: Int32Array;
  look: number;
}

const createSeen = ({ entries }: RestoredGraph): Seen => ({ by: new Int32Array(entries.length), look: 0 });

function lineOf(state: EvidenceAndBelow, { index, claims }: StoredChannel["participants"][number]): ClaimLine[] {
  const participant = state.participants.all[index];
  if (participant === undefined) return [];
  const listed = claims.flatMap(({ id }) => state.log.entries.get(id)?.number ?? []);
  return [{ participant, claims: claims.values(), listed }];
}

/** Follows claims one by one up to one that reaches far, and returns that. */
function followNear(state: EvidenceAndBelow, tools: Tools, line: ClaimLine): FarClaim | null {
  const { participant, claims, listed } = line;
  for (const number of listed) tools.listed[number] = 1;
  let farClaim: FarClaim | null = null;
  while (farClaim === null) {
    const next = claims.next();
    if (next.done === true) break;
    farClaim = restoreClaim(state, tools, line, next.value);
  }
  for (const number of listed) tools.listed[number] = 0;
  return farClaim === null ? null : { ...farClaim, participant };
}

/** Null when it is done with. */
function restoreClaim(
  state: EvidenceAndBelow,
  tools: Tools,
  { participant, listed }: ClaimLine,
  { id, completeSince }: ClaimEntry,
): FarClaim | null {
  const entry = state.log.entries.get(id);
  if (entry === undefined) {
    pendListed(state, participant, id, completeSince);
    return null;
  }
  const before = participant.credits.since(entry.number);
  //= protocol: CLAIM-8
  if (before !== null && before <= completeSince) return null;
  const claim = { participant, from: entry.number, completeSince, listed };
  if (isFar(tools, claim)) return claim;
  keepClaim(participant, id, completeSince, followAll(state, tools, claim));
  return null;
}

/** There is more to be credited than is walked through one by one. */
function isFar({ graph, far, seen }: Tools, { participant, from, completeSince }: FarClaim): boolean {
  if (graph.entries.length <= far) return false;
  const { firstEdge, leadsTo, lamports } = graph;
  const credits = creditsOf(participant);
  const look = ++seen.look;
  const found = [from];
  seen.by[from] = look;
  for (let next = 0; next < found.length; next++) {
    const number = found[next] as number;
    const end = firstEdge[number + 1] as number;
    for (let edge = firstEdge[number] as number; edge < end; edge++) {
      const parent = leadsTo[edge] as number;
      if (parent < 0 || seen.by[parent] === look || !((lamports[edge] as number) >= completeSince)) continue;
      if (isReached(credits.since(parent), completeSince)) continue;
      seen.by[parent] = look;
      if (found.push(parent) > far) return true;
    }
  }
  return false;
}

function isReached(since: number | null, completeSince: number): boolean {
  return since !== null && since <= completeSince;
}

/** Does what `follow` does, to the end and on arrays: a start goes through the whole log. */
function followAll(
  state: EvidenceAndBelow,
  { graph, listed }: Tools,
  { participant, from, completeSince }: FarClaim,
): Need {
  const { entries, firstEdge, leadsTo, lamports } = graph;
  const { watermark } = state.holes;
  const credits: Credits = creditsOf(participant);
  const walk = { participant, completeSince, listed: entries[from] ?? null };
  let needed = false;
  const stack = [from];
  for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
    const entry = entries[number];
    if (entry === undefined) continue;
    if (listed[number] === 1 && takesPlaceOfNeeded(walk, entry)) needed = true;
    const before = credits.since(number);
    if (isReached(before, completeSince)) continue;
    credits.credit(number, completeSince);
    if (before === null && entry.mine) needed = true;
    const end = firstEdge[number + 1] as number;
    for (let edge = firstEdge[number] as number; edge < end; edge++) {
      const lamport = lamports[edge] as number;
      //= protocol: CLAIM-2
      if (!(lamport >= completeSince)) continue;
      const parent = leadsTo[edge] as number;
      if (parent >= 0) {
        if (listed[parent] === 1 || !isReached(credits.since(parent), completeSince)) stack.push(parent);
      } else if (parent === NOT_HELD && lamport >= watermark) needed = true;
    }
  }
  return needed ? "needed" : "other";
}

/** What waits stands in the order of those whose claims it is, however many rounds these took. */
function orderPending(state: EvidenceAndBelow, { participants }: Pick<StoredChannel, "participants">): void {
  const { pending } = ownEvidence(state);
  const found = new Map(pending);
  pending.clear();
  for (const { index, claims } of participants) {
    const participant = state.participants.all[index];
    if (participant === undefined) continue;
    for (const { id } of claims) {
      const since = found.get(id)?.get(participant);
      if (since === undefined) continue;
      const waiting = pending.get(id) ?? new Map<Participant, number>();
      pending.set(id, waiting.set(participant, since));
    }
  }
}
