import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { asMessageId, type MessageId } from "../../src/sds/wire/ids.ts";
import type { Truths } from "../core/invariants/truth.ts";
import type { Action } from "../core/script/script.ts";
import { CALM, type Settings } from "../core/script/settings.ts";
import { runPlan, runSeed } from "../run-seed.ts";
import { CLAUSE_OF } from "./clauses.ts";
import { findMessages, messagesOf, type SaidMessage } from "./find-message.ts";
import { Follower } from "./follower.ts";

const LOSSY: Settings = {
  ...CALM,
  ...{ seed: 4, loss: 0.4, archive: { absent: true, lagMs: 0, omission: 0 } },
};
const ACTIONS: readonly Action[] = [
  ...[0, 1, 2].map((member) => ({ at: 0, kind: "join", member }) as const),
  ...[100, 110, 120].map(
    (second, n) => ({ at: second * 1_000, kind: "say", member: n % 2, text: `t${n}`, type: 1 }) as const,
  ),
];

function saidIn(settings: Settings, actions: readonly Action[]): SaidMessage[] {
  let truths: Truths = new Map();
  runPlan(
    { settings, actions },
    {
      heals: false,
      watch: ({ observer }) => {
        truths = observer.truths;
        return null;
      },
    },
  );
  return messagesOf(truths);
}

function storyOf(settings: Settings, actions: readonly Action[], id: MessageId): string[] {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  runPlan({ settings, actions }, { heals: false, watch: (world) => new Follower(world, id, print) });
  return lines;
}

/** These lines, in this order, others between them. */
function expectInOrder(lines: readonly string[], wanted: readonly RegExp[]): void {
  let from = 0;
  for (const pattern of wanted) {
    const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
    expect(at, `${pattern} from line ${from} on in\n${lines.join("\n")}`).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

describe("the life of a message", () => {
  it("that one member does not get: lost, named, asked for, repaired, received", () => {
    const [first] = saidIn(LOSSY, ACTIONS);
    const lines = storyOf(LOSSY, ACTIONS, first?.id ?? asMessageId(""));
    expectInOrder(lines, [
      / 100\.000 +m0 composes it: number 1, causes: none \[COMPOSE-5\]$/,
      / m0 accepted and written; its audience: m1, m2 \[COMPOSE-6\]$/,
      / m0 frame 1 leaves \(content\) \[LAYER-3\]$/,
      / m2 does not get frame 1: lost on the way$/,
      / m1 gets frame 1 live, from m0 \[RECEIVE-1\]$/,
      / m1 delivers it, place 1 of 1 in the log \[DELIVER-1\]$/,
      / m0 attempt 1 was taken by a service node \[SEND-7\]$/,
      / m0 next attempt in \d\.\d s \[SEND-3\]$/,
      / m1 says in a sync that it has it \[SYNC-1\]$/,
      / m2 learns of it: m1's sync lists it \[TRICKLE-6\]$/,
      / m0 knows that m1 has it: m1's sync lists it \[CLAIM-1\]$/,
      / m0 settled: not sent again by itself \[SEND-7\]$/,
      / m2 asks a Store for it by its hash, ask 1 \[HOLE-1\]$/,
      / m2 asks the others for it in a sync, request 1 \[REPAIR-1\]$/,
      / m1 hears m2 ask for it: will send it in 14\.\d s, if nobody is faster \[REPAIR-8\]$/,
      / m0 hears m2 ask for it: will send it in 0\.0 s, if nobody is faster \[REPAIR-8\]$/,
      / m0 sends it for m2 \[REPAIR-8\]$/,
      / m0 frame 2 leaves \(repair\) \[LAYER-3\]$/,
      / m1 has it already \(live\) \[DUP-1\]$/,
      / m1 will not send it any more: .* \[REPAIR-9\]$/,
      / m2 gets frame 2 live, a repair by m0 \[REPAIR-8\]$/,
      / m2 delivers it, place 1 of 1 in the log \[DELIVER-1\]$/,
      / m2 knows that m1 has it, by what m1 said before \[CLAIM-4\]$/,
      / m2 says in a sync that it has it \[SYNC-1\]$/,
      / m0 does not get m2's sync that lists it$/,
      / m0 knows that m2 has it: m2's sync lists what builds on it, and m2 has all since [\d.]+ s ago \[CLAIM-2\]$/,
    ]);
  });

  it("that waits for its cause, past which it is delivered; a process dies meanwhile", () => {
    const settings: Settings = { ...LOSSY, loss: 0, durationMs: 20 * 60_000 };
    const actions: readonly Action[] = [
      ...ACTIONS.slice(0, 3),
      { at: 10_000, kind: "offline", member: 2, ms: 29_000 },
      { at: 20_000, kind: "say", member: 0, text: "not heard by m2", type: 3 },
      { at: 39_100, kind: "say", member: 0, text: "heard by m2", type: 3 },
      ...[0, 1].map((member) => ({ at: 39_600, kind: "offline", member, ms: 20 * 60_000 }) as const),
      { at: 60_000, kind: "kill", member: 2, ms: 5_000, keep: null, lands: true },
    ];
    const [cause, child] = saidIn(settings, actions);
    const ofChild = storyOf(settings, actions, child?.id ?? asMessageId(""));
    const shortCause = cause?.id.slice(0, 8);
    expectInOrder(ofChild, [
      new RegExp(` m0 composes it: number 2, causes: ${shortCause} \\[COMPOSE-5\\]$`),
      new RegExp(` m2 stores it; it waits for ${shortCause} \\[DELIVER-1\\]$`),
      / m2 is killed$/,
      / m2 starts again: it waits \[STATE-2\]$/,
      / m2 delivers it, place 1 of 1 in the log \[DELIVER-5\]$/,
    ]);
    const ofCause = storyOf(settings, actions, cause?.id ?? asMessageId(""));
    expectInOrder(ofCause, [
      / m2 does not get frame 1: it was away when it came$/,
      new RegExp(` m2 learns of it: ${child?.id.slice(0, 8)} by m0 builds on it \\[DELIVER-1\\]$`),
      / m2 shows a hole in its place \[HOLE-2\]$/,
      / m2 gives up waiting for it: lost, what builds on it is shown \[DELIVER-5\]$/,
    ]);
  });

  it("is told without changing anything of the run", () => {
    for (const seed of [7, 11]) {
      const lines: string[] = [];
      const { traceHash } = runSeed(seed);
      const followed = runSeed(seed, {
        watch: (world) => new Follower(world, asMessageId("none"), (line) => void lines.push(line)),
      });
      expect(followed.traceHash).toBe(traceHash);
      expect(lines, "nothing happens to what is not there").toEqual([]);
    }
  });
});

describe("the message that is meant", () => {
  const said = ["aa11", "aa22", "bb33"].map((id, n) => ({ number: n + 1, id: asMessageId(id), author: 0, at: n }));
  it.each<[string, readonly string[]]>([
    ["#2", ["aa22"]],
    ["#0", []],
    ["#4", []],
    ["bb", ["bb33"]],
    ["AA2", ["aa22"]],
    ["aa", ["aa11", "aa22"]],
    ["2", []],
  ])("%s is %j", (wanted, ids) => {
    expect(findMessages(said, wanted).map(({ id }) => id)).toEqual(ids);
  });
});

describe("the rules that decide", () => {
  it("are all in docs/protocol.md", async () => {
    const page = await readFile(new URL("../../docs/protocol.md", import.meta.url), "utf8");
    const clauses = new Set([...page.matchAll(/^(?:- |\| )\[([A-Z]+-[1-9]\d*)\]/gm)].map(([, id]) => id));
    expect(clauses.size).toBeGreaterThan(200);
    for (const [kind, clause] of Object.entries(CLAUSE_OF)) {
      if (clause !== null) expect(clauses.has(clause), `${kind}: ${clause}`).toBe(true);
    }
  });
});
