/**
 * Small causal graphs with what must come of them, as data for any implementation. The expectations are written by hand
 * from docs/protocol.md and checked against the core by `src/channel/vectors.test.ts`. Ids are short words: the core
 * compares them as strings, as it does the hex of real ones. Lamport timestamps and times are milliseconds after the
 * start of the example, at which the observer joined (so its join point is -600,000).
 */

/** A content message. Signed unless it says otherwise; without a signature parents have no Lamport timestamps. */
export interface GraphMessage {
  readonly id: string;
  readonly author: string;
  readonly lamport: number;
  /** Parent id -> its Lamport timestamp as the author signed it; null when nobody signed one. */
  readonly parents: Readonly<Record<string, number | null>>;
  readonly signed?: boolean;
}

export type EvidenceEvent =
  | { readonly receive: GraphMessage }
  /** A sync with a valid trailer. */
  | { readonly claim: { readonly by: string; readonly lists: readonly string[]; readonly completeSince: number } };

export interface EvidenceExample {
  readonly name: string;
  readonly profile: "community" | "sds";
  readonly events: readonly EvidenceEvent[];
  /** Message id -> who is known to have it, the author and the observer not among them. */
  readonly receivedBy: Readonly<Record<string, readonly string[]>>;
}

export interface OrderStep {
  readonly at: number;
  /** Null: time passes. */
  readonly receive: GraphMessage | null;
  /** What the observer delivers since the step before, as a set: any order in which causes come first will do. */
  readonly delivers: readonly string[];
  /** After the step. */
  readonly heads: readonly string[];
  readonly holes: Readonly<Record<string, "fetching" | "lost">>;
  readonly completeSince: number;
}

export interface OrderExample {
  readonly name: string;
  readonly steps: readonly OrderStep[];
  /** The log in the end. */
  readonly log: readonly string[];
}

const a: GraphMessage = { id: "a", author: "zoe", lamport: 1_000, parents: {} };
const b: GraphMessage = { id: "b", author: "zoe", lamport: 2_000, parents: { a: 1_000 } };
const c: GraphMessage = { id: "c", author: "zoe", lamport: 3_000, parents: { b: 2_000 } };
const chain = [{ receive: a }, { receive: b }, { receive: c }] as const;

const plain: GraphMessage = { id: "plain", author: "plain-client", lamport: 2_000, parents: {}, signed: false };

export const EVIDENCE_EXAMPLES: readonly EvidenceExample[] = [
  {
    name: "a listed id and its ancestry",
    profile: "community",
    events: [...chain, { claim: { by: "ben", lists: ["c"], completeSince: -600_000 } }],
    receivedBy: { a: ["ben"], b: ["ben"], c: ["ben"] },
  },
  {
    name: "ancestry ends at complete_since",
    profile: "community",
    events: [...chain, { claim: { by: "ben", lists: ["c"], completeSince: 2_000 } }],
    receivedBy: { a: [], b: ["ben"], c: ["ben"] },
  },
  {
    name: "a listed id counts below complete_since, what it builds on does not",
    profile: "community",
    events: [...chain, { claim: { by: "ben", lists: ["b"], completeSince: 2_500 } }],
    receivedBy: { a: [], b: ["ben"], c: [] },
  },
  {
    name: "an edge with a false Lamport timestamp is not walked",
    profile: "community",
    events: [
      { receive: a },
      { receive: { id: "liar", author: "zoe", lamport: 3_000, parents: { a: 999 } } },
      { claim: { by: "ben", lists: ["liar"], completeSince: -600_000 } },
    ],
    receivedBy: { a: [], liar: ["ben"] },
  },
  {
    name: "an edge to a parent that is not older is not walked",
    profile: "community",
    events: [
      { receive: c },
      { receive: { id: "early", author: "zoe", lamport: 2_500, parents: { c: 3_000 } } },
      { claim: { by: "ben", lists: ["early"], completeSince: -600_000 } },
    ],
    receivedBy: { c: [], early: ["ben"] },
  },
  {
    name: "a claim for an id that comes later",
    profile: "community",
    events: [
      { claim: { by: "ben", lists: ["c"], completeSince: -600_000 } },
      { receive: c },
      { receive: b },
      { receive: a },
    ],
    receivedBy: { a: ["ben"], b: ["ben"], c: ["ben"] },
  },
  {
    name: "a late parent that is another than the child signed",
    profile: "community",
    events: [
      { receive: c },
      { claim: { by: "ben", lists: ["c"], completeSince: -600_000 } },
      { receive: { ...b, lamport: 2_001 } },
    ],
    receivedBy: { b: [], c: ["ben"] },
  },
  {
    name: "distinct signers; nothing is taken back",
    profile: "community",
    events: [
      ...chain,
      { claim: { by: "ben", lists: ["c"], completeSince: -600_000 } },
      { claim: { by: "cleo", lists: ["b"], completeSince: -600_000 } },
      { claim: { by: "ben", lists: [], completeSince: 9_000 } },
    ],
    receivedBy: { a: ["ben", "cleo"], b: ["ben", "cleo"], c: ["ben"] },
  },
  {
    name: "ancestry does not pass through a message without an author signature (profile sds)",
    profile: "sds",
    events: [
      { receive: a },
      { receive: { id: "plain", author: "plain-client", lamport: 2_000, parents: { a: null }, signed: false } },
      { receive: { id: "d", author: "zoe", lamport: 3_000, parents: { plain: 2_000 } } },
      { claim: { by: "ben", lists: ["d"], completeSince: -600_000 } },
    ],
    receivedBy: { a: [], plain: ["ben"], d: ["ben"] },
  },
  {
    name: "what was signed for an unsigned parent is held against complete_since, not its own timestamp: it is below",
    profile: "sds",
    events: [
      { receive: plain },
      { receive: { id: "d", author: "zoe", lamport: 3_000, parents: { plain: 1_500 } } },
      { claim: { by: "ben", lists: ["d"], completeSince: 1_700 } },
    ],
    receivedBy: { plain: [], d: ["ben"] },
  },
  {
    name: "what was signed for an unsigned parent is held against complete_since, not its own timestamp: it is above",
    profile: "sds",
    events: [
      { receive: plain },
      { receive: { id: "d", author: "zoe", lamport: 3_000, parents: { plain: 2_500 } } },
      { claim: { by: "ben", lists: ["d"], completeSince: 2_200 } },
    ],
    receivedBy: { plain: ["ben"], d: ["ben"] },
  },
];

const JOIN = -600_000;

/** A step at which nothing is missing: the usual case. */
function received(at: number, receive: GraphMessage, delivers: readonly string[], heads: readonly string[]): OrderStep {
  return { at, receive, delivers, heads, holes: {}, completeSince: JOIN };
}

/** Waits for a message that is away, and is named by the others of these. */
const waits: GraphMessage = { id: "waits", author: "zoe", lamport: 64_000, parents: { away: 63_000 } };
const away: GraphMessage = { id: "away", author: "zoe", lamport: 63_000, parents: {} };
const truthful: GraphMessage = { id: "truthful", author: "ben", lamport: 65_000, parents: { waits: 64_000 } };
const liar: GraphMessage = { id: "liar", author: "ben", lamport: 65_000, parents: { waits: 64_016 } };

export const ORDER_EXAMPLES: readonly OrderExample[] = [
  {
    name: "causes first, whatever the order of arrival; a parent that waits itself satisfies nobody",
    steps: [received(3_100, c, [], []), received(3_200, b, [], []), received(3_300, a, ["a", "b", "c"], ["c"])],
    log: ["a", "b", "c"],
  },
  {
    name: "one Lamport timestamp: by id",
    steps: [
      received(2_100, { id: "y", author: "zoe", lamport: 2_000, parents: {} }, ["y"], ["y"]),
      received(2_200, { id: "x", author: "ben", lamport: 2_000, parents: {} }, ["x"], ["x", "y"]),
      received(2_300, { id: "X", author: "cleo", lamport: 2_000, parents: {} }, ["X"], ["X", "x", "y"]),
    ],
    log: ["X", "x", "y"],
  },
  {
    name: "a false edge is no dependency and takes nobody's place among the heads",
    steps: [
      received(2_100, b, [], []),
      received(2_200, { id: "liar", author: "zoe", lamport: 2_050, parents: { a: 7 } }, [], []),
      received(2_300, a, ["a", "b", "liar"], ["b", "liar"]),
    ],
    log: ["a", "b", "liar"],
  },
  {
    name: "a cause from before the join point is not waited for",
    steps: [received(1_100, { id: "n", author: "zoe", lamport: 1_000, parents: { old: JOIN - 1 } }, ["n"], ["n"])],
    log: ["n"],
  },
  {
    name: "a cause that stays away is shown after 2 s, given up after 10 min, and takes its place when it comes",
    steps: [
      received(2_100, b, [], []),
      { at: 4_200, receive: null, delivers: [], heads: [], holes: { a: "fetching" }, completeSince: JOIN },
      { at: 602_000, receive: null, delivers: [], heads: [], holes: { a: "fetching" }, completeSince: JOIN },
      { at: 602_200, receive: null, delivers: ["b"], heads: ["b"], holes: { a: "lost" }, completeSince: 1_001 },
      received(700_000, a, ["a"], ["b"]),
    ],
    log: ["a", "b"],
  },
  {
    name: "content from more than ten minutes ahead is held until its time comes",
    steps: [
      received(1_000, { id: "f", author: "zoe", lamport: 601_001, parents: {} }, [], []),
      { at: 1_000, receive: null, delivers: [], heads: [], holes: {}, completeSince: JOIN },
      { at: 1_002, receive: null, delivers: ["f"], heads: ["f"], holes: {}, completeSince: JOIN },
    ],
    log: ["f"],
  },
  {
    name: "a hole stays shown while its message waits for its own causes",
    steps: [
      received(3_100, c, [], []),
      { at: 5_200, receive: null, delivers: [], heads: [], holes: { b: "fetching" }, completeSince: JOIN },
      { at: 6_000, receive: b, delivers: [], heads: [], holes: { b: "fetching" }, completeSince: JOIN },
      {
        at: 8_100,
        receive: null,
        delivers: [],
        heads: [],
        holes: { a: "fetching", b: "fetching" },
        completeSince: JOIN,
      },
      received(9_000, a, ["a", "b", "c"], ["c"]),
    ],
    log: ["a", "b", "c"],
  },
  {
    name: "a message that came before it was first asked for is no hole, though it waits",
    steps: [
      received(3_100, c, [], []),
      received(4_000, b, [], []),
      { at: 6_100, receive: null, delivers: [], heads: [], holes: { a: "fetching" }, completeSince: JOIN },
    ],
    log: [],
  },
  {
    name: "one arrival releases several",
    steps: [
      received(3_100, { id: "z", author: "zoe", lamport: 3_000, parents: { y: 2_000 } }, [], []),
      received(3_200, { id: "w", author: "ben", lamport: 2_500, parents: { r: 1_000 } }, [], []),
      received(3_300, { id: "false", author: "cleo", lamport: 2_600, parents: { r: 7 } }, [], []),
      received(3_400, { id: "y", author: "zoe", lamport: 2_000, parents: { r: 1_000 } }, [], []),
      received(
        3_500,
        { id: "r", author: "zoe", lamport: 1_000, parents: {} },
        ["r", "y", "w", "false", "z"],
        ["w", "false", "z"],
      ),
    ],
    log: ["r", "y", "w", "false", "z"],
  },
  {
    name: "complete_since: a true edge to what was lost, which came and waits for its own causes",
    steps: [
      received(65_100, truthful, [], []),
      {
        ...{ at: 665_200, receive: null, delivers: ["truthful"], heads: ["truthful"] },
        ...{ holes: { waits: "lost" }, completeSince: 64_001 },
      },
      {
        ...{ at: 666_000, receive: waits, delivers: [], heads: ["truthful"] },
        ...{ holes: { waits: "lost" }, completeSince: 64_001 },
      },
      received(666_500, away, ["away", "waits"], ["truthful"]),
    ],
    log: ["away", "waits", "truthful"],
  },
  {
    name: "complete_since: a false edge counts until its parent is held, the child came first",
    steps: [
      received(65_100, liar, [], []),
      {
        ...{ at: 665_200, receive: null, delivers: ["liar"], heads: ["liar"] },
        ...{ holes: { waits: "lost" }, completeSince: 64_017 },
      },
      {
        ...{ at: 666_000, receive: waits, delivers: [], heads: ["liar"] },
        ...{ holes: { waits: "lost" }, completeSince: JOIN },
      },
      received(666_500, away, ["away", "waits"], ["waits", "liar"]),
    ],
    log: ["away", "waits", "liar"],
  },
  {
    name: "complete_since: a false edge counts until its parent is held, the parent came first",
    steps: [received(64_100, waits, [], []), received(65_100, liar, ["liar"], ["liar"])],
    log: ["liar"],
  },
];
