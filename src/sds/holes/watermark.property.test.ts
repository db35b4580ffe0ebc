import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { receivedBy } from "../evidence/received-by.ts";
import { HORIZON_MS } from "../parameters/parameters.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId } from "../wire/ids.ts";
import { completeSince } from "./holes.ts";

const AUTHORS = ["ada", "ben", "cleo"] as const;

/** A message that names earlier ones (counted backwards), some with a false time; an own one; or somebody's word that they have some. */
const events = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("message" as const),
        author: fc.nat(2),
        parents: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
        lie: fc.boolean(),
        comes: fc.integer({ min: 0, max: 9 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("own" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("claim" as const),
        author: fc.nat(2),
        listed: fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 3 }),
        since: fc.nat(60),
      }),
    },
  ),
  { minLength: 10, maxLength: 60 },
);
type Events = typeof events extends fc.Arbitrary<infer T> ? T : never;

interface Said {
  readonly id: string;
  readonly lamport: number;
}

/** Tells cores the same; one in ten of the messages of others never comes. */
class Story {
  readonly said: Said[] = [];

  tell(cores: readonly OneCore[], told: Events): void {
    for (const event of told) {
      for (const core of cores) core.now += 10;
      if (event.kind === "own") {
        const [id] = cores.map((core) => core.say("words"));
        const entry = id === undefined ? undefined : cores[0]?.state.log.entries.get(id);
        if (entry !== undefined) this.said.push({ id: entry.id, lamport: entry.lamport });
        for (const core of cores) core.taken();
        continue;
      }
      if (event.kind === "claim") {
        const listed = event.listed.map((n) => this.said[n]?.id ?? `m${n}`);
        const since = this.said[event.since]?.lamport ?? 0;
        for (const core of cores) core.hear(AUTHORS[event.author] ?? "", listed, { completeSince: since });
        continue;
      }
      const n = this.said.length;
      const lamport = cores[0]?.now ?? 0;
      const parents = event.parents.flatMap((back) => this.said[n - back] ?? []);
      this.said.push({ id: `m${n}`, lamport });
      if (event.comes === 0) continue;
      const named = parents.map(({ id, lamport: true_ }, at) => ({
        id: asMessageId(id),
        lamport: event.lie && at === 0 ? true_ - 5 : true_,
      }));
      for (const core of cores) core.receive(`m${n}`, AUTHORS[event.author] ?? "", { lamport, parents: named });
    }
  }
}

function evidenceOf(core: OneCore): Map<string, number[]> {
  return new Map(
    [...core.state.log.entries.values()].map((entry) => [entry.id, [...receivedBy(core.state, entry)].sort()]),
  );
}

const headsOf = ({ state }: OneCore, from: number): string[] =>
  [...state.log.heads].flatMap(({ id, lamport }) => (lamport >= from ? [id] : [])).sort();

const MAX = 10;

describe("forgetting", () => {
  //= protocol: STATE-9, STATE-10
  it("keeps what is known of who has what is kept, claims no more, and says later no more than who forgot nothing", () => {
    let forgot = 0;
    fc.assert(
      fc.property(events, events, fc.nat(60), (before, after, deletions) => {
        const [core, whole] = [new OneCore({ lostAfterMs: 5_000 }), new OneCore({ lostAfterMs: 5_000 })];
        const story = new Story();
        for (const each of [core, whole]) each.online();
        story.tell([core, whole], before);
        for (const each of [core, whole]) {
          each.wait(10_000);
          each.now += 2 * HORIZON_MS;
        }
        whole.restart();
        core.restart(MAX, deletions);
        const expected = evidenceOf(whole);
        const heads = headsOf(whole, 0);
        for (let starts = 0; starts < 2; starts++) {
          expect(headsOf(core, 0)).toEqual(expect.arrayContaining(heads));
          expect(headsOf(core, core.state.holes.watermark)).toEqual(headsOf(whole, core.state.holes.watermark));
          for (const [id, who] of evidenceOf(core)) expect(who, `${id}, start ${starts}`).toEqual(expected.get(id));
          expect(completeSince(core.state)).toBeGreaterThanOrEqual(completeSince(whole.state));
          expect(completeSince(core.state)).toBeGreaterThanOrEqual(core.state.holes.watermark);
          core.restart(MAX);
        }
        if (core.state.log.order.size < whole.state.log.order.size) forgot++;
        for (const each of [core, whole]) each.online();
        // Own messages would be other ones: what is forgotten they do not build on.
        story.tell(
          [core, whole],
          after.filter(({ kind }) => kind !== "own"),
        );
        const all = evidenceOf(whole);
        for (const [id, who] of evidenceOf(core)) {
          const allowed = all.get(id);
          if (allowed !== undefined) expect(allowed, id).toEqual(expect.arrayContaining(who));
        }
      }),
      { numRuns: 300 },
    );
    // Of many messages of which each names others, most are no heads.
    expect(forgot).toBeGreaterThan(0);
  });
});
