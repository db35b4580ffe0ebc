import { describe, expect, it } from "vitest";
import { receivedBy } from "../evidence/received-by.ts";
import type { IncomingClaim, Source } from "../io/step-input.ts";
import { OneCore } from "../testing/one-core.ts";
import { asMessageId, asParticipantId } from "../wire/ids.ts";
import { addsNothing } from "./receive-claim.ts";

const MINUTE = 60_000;

function claimOf(core: OneCore, sender: string, listed: readonly string[], fields: Partial<IncomingClaim> = {}) {
  const { publicKey } = core.content(asMessageId("any"), sender);
  const claim: IncomingClaim = {
    ...{ sender: asParticipantId(sender), signed: true, publicKey, by: "content", lamport: core.now, completeSince: 0 },
    ...{ listed: listed.map((id) => ({ messageId: asMessageId(id) })), repairRequests: [], receiptsWantedFrom: null },
    ...fields,
  };
  return claim;
}

function claim(
  core: OneCore,
  id: string,
  said: IncomingClaim,
  copy: string | null = null,
  source: Source = "live",
): void {
  const bytes = copy === null ? null : new TextEncoder().encode(copy);
  core.step({ kind: "receive-claim", id: asMessageId(id), claim: said, copy: bytes, source });
}

function receivers(core: OneCore, id: string): number {
  const entry = core.state.log.entries.get(asMessageId(id));
  return entry === undefined ? -1 : receivedBy(core.state, entry).size;
}

function stored(core: OneCore, id: string): string {
  return new TextDecoder().decode(core.tables.body.get(asMessageId(id))?.bytes);
}

function askFor(core: OneCore, id: string): void {
  core.hear("ben", [], { repairRequests: [{ messageId: asMessageId(id) }] });
}

/** The answers that are given to a request, after what happens meanwhile. */
function answersAfter(core: OneCore, id: string, meanwhile: () => void): number {
  core.wait(1);
  askFor(core, id);
  core.take("repair");
  meanwhile();
  core.wait(MINUTE);
  return core.take("repair").filter((repair) => repair.id === id).length;
}

describe("a claim that comes behind its message", () => {
  //= protocol: RECEIVE-7
  it("counts as if it had come with it", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    core.receive("answer", "ben", { parents: [{ id: own, lamport: core.now }] });
    expect(receivers(core, own)).toBe(0);
    claim(core, "answer", claimOf(core, "ben", [own]));
    expect(receivers(core, own)).toBe(1);
    core.restart();
    expect(receivers(core, own)).toBe(1);
  });

  it("of a message that is not held says nothing", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    claim(core, "unknown", claimOf(core, "ben", [own]));
    expect(receivers(core, own)).toBe(0);
    expect(core.state.participants.all.length).toBe(1);
  });

  //= protocol: RECEIVE-7
  it("of a message from the future waits with it", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    const lamport = core.now + 11 * MINUTE;
    core.receive("early", "ben", { parents: [{ id: own, lamport: core.now }], lamport });
    claim(core, "early", claimOf(core, "ben", [own], { lamport }));
    expect(receivers(core, own)).toBe(0);
    core.wait(2 * MINUTE);
    expect(core.state.log.entries.has(asMessageId("early"))).toBe(true);
    expect(receivers(core, own)).toBe(1);
  });
});

describe("a claim need not be verified", () => {
  //= protocol: SIGN-12
  it("when its sender is credited with all that it lists, down to where it is complete", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    const said = claimOf(core, "ben", [own], { completeSince: 5 });
    expect(addsNothing(core.state, said)).toBe(false);
    core.hear("ben", [own], { completeSince: 5 });
    expect(addsNothing(core.state, said)).toBe(true);
    expect(addsNothing(core.state, { ...said, completeSince: 4 })).toBe(false);
    expect(addsNothing(core.state, { ...said, completeSince: 6 })).toBe(true);
    expect(addsNothing(core.state, claimOf(core, "ben", [own, "not held"], { completeSince: 5 }))).toBe(false);
    expect(addsNothing(core.state, claimOf(core, "cleo", [own], { completeSince: 5 }))).toBe(false);
  });

  //= protocol: SIGN-12
  it("unless it brings a filter or is a newer sync, for presence and what it asks", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    core.hear("ben", [own]);
    const said = claimOf(core, "ben", [own]);
    expect(addsNothing(core.state, { ...said, bloomFilter: Uint8Array.of(1) })).toBe(false);
    expect(addsNothing(core.state, { ...said, by: "sync" })).toBe(true);
    expect(addsNothing(core.state, { ...said, by: "sync", lamport: core.now + 1 })).toBe(false);
  });

  //= protocol: SIGN-12
  it("and changes nothing where it says so: all orders of claims credit the same", () => {
    for (let seed = 0; seed < 50; seed++) {
      const [checked, unchecked] = [new OneCore(), new OneCore()];
      for (const core of [checked, unchecked]) chain(core, seed);
      let skipped = 0;
      for (const said of claimsOf(checked, seed)) {
        if (addsNothing(checked.state, said)) skipped++;
        else claim(checked, "m9", said);
        claim(unchecked, "m9", said);
      }
      const credits = (core: OneCore) =>
        [...core.state.log.entries.values()].map((entry) => [entry.id, [...receivedBy(core.state, entry)]]);
      expect(credits(checked), `seed ${seed}`).toEqual(credits(unchecked));
      checked.restart();
      unchecked.restart();
      expect(credits(checked), `seed ${seed}, restarted`).toEqual(credits(unchecked));
      expect(skipped).toBeGreaterThan(0);
    }
  });
});

/** Ten messages by three people, each naming one or two before it. */
function chain(core: OneCore, seed: number): void {
  const draw = lehmer(seed);
  const before: { id: ReturnType<typeof asMessageId>; lamport: number }[] = [];
  for (let index = 0; index < 10; index++) {
    const author = index === 9 ? "ben" : ["ada", "ben", "cleo"][Math.floor(draw() * 3)];
    const parents = before.filter(() => draw() < 0.4).slice(-2);
    core.receive(`m${index}`, author ?? "", { parents });
    before.push({ id: asMessageId(`m${index}`), lamport: core.now });
    core.wait(1);
  }
}

function claimsOf(core: OneCore, seed: number): IncomingClaim[] {
  const draw = lehmer(seed + 1_000);
  return Array.from({ length: 30 }, () => {
    const listed = [0, 1].map(() => `m${Math.floor(draw() * 10)}`);
    return claimOf(core, "ben", listed, { completeSince: core.now - Math.floor(draw() * 12) });
  });
}

function lehmer(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("another copy of a message", () => {
  //= protocol: DUP-3
  it("with a trailer that holds is what repairs are made with, once", () => {
    const core = new OneCore();
    core.online();
    core.receive("hello", "ben");
    claim(core, "hello", claimOf(core, "ben", []), "whole");
    expect(stored(core, "hello")).toBe("whole");
    expect(core.state.log.entries.get(asMessageId("hello"))?.size).toBe("whole".length);
    claim(core, "hello", claimOf(core, "ben", []), "another whole one");
    expect(stored(core, "hello")).toBe("whole");
  });

  //= protocol: DUP-1, DUP-2, REPAIR-9
  it("cancels an answer when its bytes are the same or its trailer holds, and not on its id alone", () => {
    const core = new OneCore();
    core.online();
    core.receive("hello", "ada");
    const again = (whole: boolean) =>
      core.step({ kind: "seen-again", id: asMessageId("hello"), whole, source: "live", hint: undefined });
    expect(answersAfter(core, "hello", () => {})).toBe(1);
    expect(answersAfter(core, "hello", () => again(false))).toBe(1);
    expect(answersAfter(core, "hello", () => again(true))).toBe(0);
    expect(answersAfter(core, "hello", () => claim(core, "hello", claimOf(core, "ada", []), "whole"))).toBe(0);
  });

  //= protocol: DUP-1, DUP-2
  it("out of a Store shows that an own one is kept only when it is the same", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    core.taken();
    const again = (whole: boolean) =>
      core.step({ kind: "seen-again", id: own, whole, source: "store", hint: undefined });
    again(false);
    expect(core.state.outbox.items.get(own)?.stage).toBe("sent");
    again(true);
    expect(core.state.outbox.items.get(own)?.stage).toBe("stored");
  });

  //= protocol: DUP-2
  it("out of a Store shows that an own one is kept when its trailer holds, and pushed to us it does not", () => {
    const core = new OneCore();
    core.online();
    const own = core.say("hello");
    core.taken();
    claim(core, own, claimOf(core, "me", []), "with what I had later", "live");
    expect(core.state.outbox.items.get(own)?.stage).toBe("sent");
    claim(core, own, claimOf(core, "me", []), "with what I had later", "store");
    expect(core.state.outbox.items.get(own)?.stage).toBe("stored");
  });
});
