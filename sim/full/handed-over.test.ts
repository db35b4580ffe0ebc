import { describe, expect, it } from "vitest";
import { performsBeforeCommit } from "../../src/channel/testing/breaches.ts";
import { type CrashPoint, runCrashPoint } from "../crash-points/run-crash-points.ts";
import { CRASH_SCRIPTS } from "../crash-points/scripts.ts";
import { runFullSeed } from "./run-full.ts";

const LEFT_EARLY = { invariant: "nothing leaves before it is on disk" };
const { parts } = performsBeforeCommit;

describe("a channel that performs effects before their step is committed", () => {
  it("is found by a world of the full stack without any crash", async () => {
    const settings = { participants: 2, hostile: 0, messages: 2, durationMs: 60_000, kills: 0, powerCuts: 0 };
    expect((await runFullSeed(1, { settings, parts })).violation).toMatchObject(LEFT_EARLY);
  });

  it("is found by each of the crash scripts, before or at the crash", async () => {
    const point: CrashPoint = { write: 12, moment: "waiting", keep: 0 };
    for (const script of CRASH_SCRIPTS) {
      expect(await runCrashPoint(script, "memory", point, { parts }), script.name).toMatchObject(LEFT_EARLY);
    }
  });
});
