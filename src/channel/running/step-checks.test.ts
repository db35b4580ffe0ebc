import { describe, expect, it } from "vitest";
import { STATE_CHECKS } from "../../sds/checks/state-checks.ts";
import { step } from "../../sds/step.ts";
import { OneCore } from "../../sds/testing/one-core.ts";
import type { ChannelStatus } from "../api/channel-client.ts";
import { openOrderBench, settle } from "../testing/order-fixture.ts";
import { createStepChecks } from "./step-checks.ts";

const say = (requestId: string) => ({ requestId, type: "chat", text: requestId }) as const;

describe("a channel whose state contradicts itself", () => {
  it("stops with the name of what does not hold, and nothing is written or leaves after", async () => {
    const { channel, disk, transport, clock } = await openOrderBench({});
    await channel.send(say("before"));
    await settle();
    const { lastOwn, heads } = channel.state.log;
    if (lastOwn === null) throw new Error("Nothing was said.");
    // A mistake: it is a head, and counts as one that has a child.
    Object.assign(lastOwn, { deliveredChildren: 1 });
    expect(heads.has(lastOwn)).toBe(true);

    let last: ChannelStatus | null = null;
    channel.status.watch((status) => {
      last = status;
    });
    const status = (): ChannelStatus | null => last;
    for (let minute = 0; minute < STATE_CHECKS.length && status()?.mistake === false; minute++) {
      await clock.advanceSettled(60_000);
    }
    expect(status()).toMatchObject({ mistake: true, storageProblem: "" });
    const written = disk.begun.length;
    const left = transport.published.length;
    const refused = expect(channel.send(say("after"))).rejects;
    await refused.toMatchObject({
      code: "internal",
      message: expect.stringContaining("made a mistake in this channel and stopped it"),
      cause: { message: expect.stringContaining("heads are delivered, not ahead, and without children") },
    });
    await clock.advanceSettled(3_600_000);
    await settle();
    expect([disk.begun.length, transport.published.length]).toEqual([written, left]);
    await channel.close();
  });

  it("stops at the step that would write a ledger with a gap, and that is not written", async () => {
    const { channel, disk, clock } = await openOrderBench({});
    await channel.send(say("before"));
    await settle();
    const runs = 40;
    const before = disk.begun.length;
    let rows = 0;
    Object.defineProperty(channel.state.ledger, "seq", {
      get: () => rows,
      set: (seq: number) => {
        rows = seq + 1;
      },
    });
    const sent = [];
    for (let n = 0; n < runs; n++) sent.push(channel.send(say(`message ${n}`)).catch((error: unknown) => error));
    const outcomes = await Promise.all(sent);
    const failed = outcomes.findIndex((outcome) => outcome instanceof Error);
    expect(failed).toBeGreaterThanOrEqual(0);
    expect(outcomes[failed]).toMatchObject({ cause: { message: expect.stringContaining("the ledger grows") } });
    expect(outcomes.slice(failed).every((outcome) => outcome instanceof Error)).toBe(true);
    const written = disk.begun.length;
    expect(written - before).toBeLessThan(runs * 2);
    await clock.advanceSettled(3_600_000);
    expect(disk.begun.length).toBe(written);
    await channel.close();
  });
});

describe("the looks", () => {
  /** Counts how often the size of the log is asked for: once by the one check that does. */
  function counted(core: OneCore) {
    let looks = 0;
    const { entries } = core.state.log;
    const size = Object.getOwnPropertyDescriptor(Map.prototype, "size");
    Object.defineProperty(entries, "size", {
      get: () => {
        looks++;
        return size?.get?.call(entries) as number;
      },
    });
    return () => looks;
  }

  it("come every 32 steps, and once a minute where fewer come, each check in turn", () => {
    const core = new OneCore();
    const checks = createStepChecks(core.state);
    const looks = counted(core);
    const round = STATE_CHECKS.length;
    for (let n = 0; n < 32 * round * 2; n++) checks.after([], core.state.ledger.seq, core.now);
    expect(looks()).toBe(2);
    for (let minute = 1; minute <= round * 3; minute++) {
      for (const second of [0, 20, 40]) {
        checks.after([], core.state.ledger.seq, core.now + minute * 60_000 + second * 1_000);
      }
    }
    expect(looks()).toBe(5);
  });

  it("look at the rows of the step as well", () => {
    const core = new OneCore();
    const checks = createStepChecks(core.state);
    const seqBefore = core.state.ledger.seq;
    const effects = step(core.state, { kind: "connection", online: true }, { now: core.now, random: () => 0.5 });
    expect(core.state.ledger.seq).toBeGreaterThan(seqBefore);
    expect(() => checks.after(effects, seqBefore + 1, core.now)).toThrow("the ledger grows");
  });
});
