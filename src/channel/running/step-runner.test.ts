import { describe, expect, it } from "vitest";
import type { Effect } from "../../sds/io/effect.ts";
import type { Change, Durability } from "../../sds/io/records.ts";
import type { StepInput } from "../../sds/io/step-input.ts";
import { asMessageId } from "../../sds/wire/ids.ts";
import { ledgerRowOf, put } from "../../storage/testing/samples.ts";
import { ChannelError } from "../api/channel-client.ts";
import { createLife } from "./life.ts";
import { createStepRunner } from "./step-runner.ts";

const WAKE: StepInput = { kind: "wake" };
const send = (id: string): Effect => ({ kind: "send", id: asMessageId(id), attempt: 1 });
const commit = (...seqs: number[]): Effect => ({
  ...({ kind: "commit", durability: "strict" } as const),
  changes: seqs.map((seq) => put.ledger(seq, seq)),
});

/** A runner of steps that are said beforehand, with commits that are held back until they are let go. */
function runnerOf(steps: readonly (readonly Effect[] | Error)[]) {
  const log: string[] = [];
  const held: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const life = createLife();
  let next = 0;
  const runner = createStepRunner({
    life,
    step: () => {
      const effects = steps[next++] ?? [];
      log.push(`step ${next}`);
      if (effects instanceof Error) throw effects;
      return effects;
    },
    commit: (changes: readonly Change[], durability: Durability) => {
      log.push(`commit of ${changes.length} ${durability}`);
      return new Promise((resolve, reject) => held.push({ resolve, reject }));
    },
    publish: (rows) => log.push(`events ${rows.map(({ seq }) => seq).join(" ")}`),
  });
  const start = () =>
    runner.start({
      onStepped: () => log.push("stepped"),
      perform: (effect) => log.push(effect.kind === "send" ? `send ${effect.id}` : effect.kind),
      onDone: ({ kind }) => log.push(`done ${kind}`),
    });
  return { runner, life, log, held, start, since: () => log.splice(0) };
}

/** All promise jobs have run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a step runner", () => {
  it("steps and commits at once, and only when that is written tells events, then performs, in their order", async () => {
    const { runner, held, start, since } = runnerOf([[commit(1, 2), send("a"), send("b")]]);
    start();
    const dispatched = runner.dispatch(WAKE);
    expect(since()).toEqual(["step 1", "stepped", "commit of 2 strict"]);
    await settled();
    expect(since()).toEqual([]);
    held[0]?.resolve();
    await dispatched;
    expect(since()).toEqual(["events 1 2", "send a", "send b", "done wake"]);
  });

  it("commits each step before the next one runs", () => {
    const { runner, start, since } = runnerOf([[commit(1)], [commit(2), send("b")], []]);
    start();
    for (let input = 0; input < 3; input++) runner.tell(WAKE);
    expect(since().filter((entry) => entry !== "stepped")).toEqual([
      ...["step 1", "commit of 1 strict", "step 2", "commit of 1 strict", "step 3"],
    ]);
  });

  it("lets a step that writes nothing wait for nobody", async () => {
    const { runner, start, since } = runnerOf([[commit(1)], [send("b")]]);
    start();
    runner.tell(WAKE);
    since();
    await runner.dispatch(WAKE);
    expect(since()).toEqual(["step 2", "stepped", "send b", "done wake"]);
  });

  it("performs nothing of a step whose commit failed, and rejects with the reason", async () => {
    const { runner, held, start, since } = runnerOf([[commit(1), send("a")]]);
    start();
    const dispatched = runner.dispatch(WAKE);
    since();
    held[0]?.reject(new Error("full"));
    await expect(dispatched).rejects.toThrow("full");
    expect(since()).toEqual([]);
  });

  it("performs nothing of a step that is written only when the channel was closed", async () => {
    const { runner, life, held, start, since } = runnerOf([[commit(1), send("a")]]);
    start();
    const dispatched = runner.dispatch(WAKE);
    life.close();
    since();
    held[0]?.resolve();
    await dispatched;
    expect(since()).toEqual(["events 1", "done wake"]);
    await expect(runner.dispatch(WAKE)).rejects.toMatchObject({ code: "closed" });
    expect(since()).toEqual([]);
  });

  it("stops at a step that throws, and steps no more", async () => {
    const { runner, life, start, since } = runnerOf([new Error("a defect"), [send("a")]]);
    start();
    await expect(runner.dispatch(WAKE)).rejects.toMatchObject({ code: "internal", cause: { message: "a defect" } });
    expect(life.problem()).toMatchObject({ code: "internal" });
    since();
    await expect(runner.dispatch(WAKE)).rejects.toBe(life.problem());
    expect(since()).toEqual([]);
  });

  it("steps no more when the channel stopped for another reason", async () => {
    const { runner, life, start, since } = runnerOf([[send("a")]]);
    start();
    life.stop(new ChannelError("storage", "The disk is full."));
    await expect(runner.dispatch(WAKE)).rejects.toMatchObject({ code: "storage" });
    expect(since()).toEqual([]);
  });

  it("takes no input before anybody follows", async () => {
    const { runner, since } = runnerOf([[send("a")]]);
    await expect(runner.dispatch(WAKE)).rejects.toThrow("Nobody follows");
    expect(since()).toEqual([]);
  });

  it("tells ledger rows only", async () => {
    const changes: Change[] = [
      put.message(1),
      put.ledger(5, 1),
      { op: "delete", table: "hole", key: asMessageId("h") },
    ];
    const { runner, held, start, log } = runnerOf([[{ kind: "commit", changes, durability: "relaxed" }]]);
    start();
    const dispatched = runner.dispatch(WAKE);
    held[0]?.resolve();
    await dispatched;
    expect(log).toContain(`events ${ledgerRowOf(5, 1).seq}`);
  });
});
