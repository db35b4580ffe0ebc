import { describe, expect, it } from "vitest";
import type { Source } from "../../sds/io/step-input.ts";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { MAX_BACKLOG_BYTES } from "../disk/backlog.ts";
import type { TrailerToVerify } from "./incoming.ts";
import { createTrailerQueue } from "./trailer-queue.ts";

/** Timers by hand. */
class Timers {
  #now = 0;
  readonly #waiting = new Set<{ readonly at: number; readonly callback: () => void }>();

  now = (): number => this.#now;

  schedule = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + ms, callback };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  };

  get size(): number {
    return this.#waiting.size;
  }

  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = [...this.#waiting].sort((a, b) => a.at - b.at);
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      this.#waiting.delete(next);
      next.callback();
    }
    this.#now = end;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

interface Saying {
  readonly of?: string | null;
  readonly source?: Source;
  readonly holds?: boolean;
  readonly copy?: boolean;
  readonly size?: number;
  readonly sender?: string;
}

function queueOf(addsNothing: (lamport: number) => boolean = () => false) {
  const timers = new Timers();
  const applied: number[] = [];
  const verified: number[] = [];
  const refused: string[] = [];
  const load = { busy: false, next: (_lamport: number) => {}, verdict: async () => {} };
  const queue = createTrailerQueue({
    clock: timers,
    verdictOf: async () => true,
    isBusy: () => load.busy,
    addsNothing: ({ claim }) => addsNothing(claim.lamport),
    apply: ({ claim }) => {
      applied.push(claim.lamport);
      load.next(claim.lamport);
    },
    refuse: (reason) => void refused.push(reason),
  });
  const add = (
    lamport: number,
    { of = "content", source = "live", holds = true, copy = false, size = 1, sender = "ben" }: Saying = {},
  ) => {
    const trailer: TrailerToVerify = {
      claim: {
        ...{ sender: asParticipantId(sender), signed: true, publicKey: Uint8Array.of(1), by: "content", lamport },
        ...{ completeSince: 0, listed: [], repairRequests: [], receiptsWantedFrom: null },
      },
      source,
      of: of === null ? null : asMessageId(of),
      copy: copy ? Uint8Array.of(1) : null,
      size,
      verify: async () => {
        verified.push(lamport);
        await load.verdict();
        return holds ? null : "bad-trailer-signature";
      },
    };
    queue.add(trailer);
  };
  return { timers, applied, verified, refused, load, queue, add };
}

describe("trailers", () => {
  //= protocol: SIGN-12
  it("are gathered, and what need not be verified is not", async () => {
    const { timers, applied, verified, add } = queueOf((lamport) => lamport < 3);
    for (const lamport of [1, 2, 3]) add(lamport);
    await timers.pass(10);
    expect(verified).toEqual([]);
    await timers.pass(20);
    expect([verified, applied]).toEqual([[3], [3]]);
    add(4);
    await timers.pass(30);
    expect(applied).toEqual([3, 4]);
    expect(timers.size).toBe(0);
  });

  it("that need no verdict give back the room they took", async () => {
    const { timers, queue, add } = queueOf(() => true);
    for (const lamport of [1, 2]) add(lamport, { size: MAX_BACKLOG_BYTES / 8 });
    expect(queue.isLong()).toBe(true);
    await timers.pass(30);
    expect(queue.isLong()).toBe(false);
  });

  it("of live syncs come first, in their order; then the newest of the others", async () => {
    const { timers, applied, add } = queueOf();
    add(1);
    add(8, { of: null });
    add(3, { source: "store", of: null });
    add(7, { of: null });
    add(2);
    await timers.pass(30);
    expect(applied).toEqual([8, 7, 3, 2, 1]);
  });

  //= protocol: SIGN-12
  it("that do not hold are refused by reason, and a copy is always verified", async () => {
    const { timers, applied, refused, verified, add } = queueOf(() => true);
    add(1, { copy: true, holds: false });
    add(2, { copy: true });
    add(3);
    await timers.pass(30);
    expect([verified, applied, refused]).toEqual([[2, 1], [2], ["bad-trailer-signature"]]);
  });

  it("let messages go first, but not for ever", async () => {
    const { timers, applied, load, add } = queueOf();
    load.busy = true;
    add(1);
    await timers.pass(400);
    expect(applied).toEqual([]);
    await timers.pass(200);
    expect(applied).toEqual([1]);
  });

  it("do not keep everything else waiting: after so many verdicts there is a pause", async () => {
    const { timers, applied, add } = queueOf();
    for (let lamport = 0; lamport < 40; lamport++) add(lamport);
    let between = -1;
    timers.schedule(20, () => {
      between = applied.length;
    });
    await timers.pass(60);
    expect(applied.length).toBe(40);
    expect(between).toBe(16);
  });

  //= protocol: SIGN-12
  it("of different senders are verified at once, of one the second only when the first left it something to say", async () => {
    let said = 0;
    const { timers, verified, applied, load, add } = queueOf((lamport) => lamport <= said);
    const verdicts: (() => void)[] = [];
    load.verdict = () => new Promise((resolve) => verdicts.push(resolve));
    load.next = (lamport) => {
      said = Math.max(said, lamport);
    };
    for (const [lamport, sender] of [
      [9, "ada"],
      [8, "ben"],
      [7, "ben"],
      [6, "ada"],
    ] as const)
      add(lamport, { sender });
    await timers.pass(30);
    expect([verified, applied]).toEqual([[9, 8], []]);
    // What is ready first is not what is applied first.
    verdicts[1]?.();
    await timers.pass(1);
    expect(applied).toEqual([]);
    verdicts[0]?.();
    await timers.pass(1);
    expect([verified, applied]).toEqual([
      [9, 8],
      [9, 8],
    ]);
  });

  it("are neither applied nor refused when the channel closed while they were verified", async () => {
    const { timers, applied, refused, queue, load, add } = queueOf();
    let answer = () => {};
    load.verdict = () => new Promise((resolve) => (answer = resolve));
    add(1);
    await timers.pass(30);
    queue.close();
    answer();
    await timers.pass(30);
    expect([applied, refused, timers.size]).toEqual([[], [], 0]);
  });

  it("leave no timer when the channel closes in the pause between them, or before it", async () => {
    for (const closeIn of ["the pause", "the verdict before it"]) {
      const { timers, applied, queue, load, add } = queueOf();
      for (let lamport = 0; lamport < 40; lamport++) add(lamport);
      const answers: (() => void)[] = [];
      if (closeIn !== "the pause") load.verdict = () => new Promise((resolve) => answers.push(resolve));
      timers.schedule(20, () => {
        if (closeIn === "the pause") queue.close();
      });
      await timers.pass(20);
      queue.close();
      for (const answer of answers) answer();
      await settle();
      expect([timers.size, applied.length], closeIn).toEqual([0, closeIn === "the pause" ? 16 : 0]);
    }
  });

  it("of which none is needed are looked at some at a time", async () => {
    let looked = 0;
    const { timers, add } = queueOf(() => ++looked > 0);
    for (let lamport = 0; lamport < 600; lamport++) add(lamport);
    const between: number[] = [];
    timers.schedule(20, () => between.push(looked));
    timers.schedule(20, () => timers.schedule(0, () => between.push(looked)));
    await timers.pass(60);
    expect([between, looked]).toEqual([[256, 512], 600]);
  });

  it("are waited for, whatever the load, with those that come meanwhile", async () => {
    const { timers, applied, load, queue, add } = queueOf();
    await queue.idle();
    load.busy = true;
    add(1);
    let idle = false;
    void queue.idle().then(() => {
      idle = true;
    });
    await timers.pass(30);
    expect([idle, applied]).toEqual([true, [1]]);
  });

  //= protocol: LIMIT-9
  it("are dropped when too many bytes wait for them, and taken again when those are verified", async () => {
    const { timers, applied, refused, queue, add } = queueOf();
    const size = MAX_BACKLOG_BYTES / 4;
    for (let lamport = 1; lamport <= 6; lamport++) add(lamport, { size });
    expect(refused).toEqual(["inbound-full", "inbound-full"]);
    expect(queue.isLong()).toBe(true);
    await timers.pass(1_000);
    add(7, { size });
    await timers.pass(1_000);
    expect([applied, queue.isLong()]).toEqual([[4, 3, 2, 1, 7], false]);
  });

  //= protocol: LIMIT-9
  it("are dropped when too many wait, and when the channel closes", async () => {
    const { timers, applied, refused, queue, add } = queueOf();
    for (let lamport = 0; lamport < 10_001; lamport++) add(lamport);
    expect(refused).toEqual(["inbound-full"]);
    expect(queue.isLong()).toBe(true);
    const idle = queue.idle();
    queue.close();
    await idle;
    await timers.pass(1_000);
    expect(applied).toEqual([]);
  });

  it("that go on coming hold up nobody who waits for those that were there", async () => {
    const { timers, queue, applied, add, load } = queueOf();
    load.next = (lamport) => add(lamport + 1);
    add(1);
    let idle = false;
    void queue.idle().then(() => {
      idle = true;
    });
    await timers.pass(500);
    expect(applied.length).toBeGreaterThan(10);
    expect(idle).toBe(true);
  });
});
