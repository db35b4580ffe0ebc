import { describe, expect, it } from "vitest";
import { countWrites, type Moment, runCrashPoint } from "./run-crash-points.ts";
import { CRASH_SCRIPTS } from "./scripts.ts";

const [firstWords] = CRASH_SCRIPTS;

/** All points of all scripts: `npm run sim -- --crash-points --storage dexie`. */
describe("a crash in IndexedDB loses nothing that was promised", () => {
  it.each<[Moment, number]>([
    ["during", Number.POSITIVE_INFINITY],
    ["during", 1],
    ["after", 0],
  ])("%s each third write, of the unsynced commits %s stay", async (moment, keep) => {
    if (firstWords === undefined) throw new Error("There are no scripts.");
    const writes = await countWrites(firstWords, "dexie");
    expect(writes).toBeGreaterThan(20);
    for (let write = 1; write <= writes; write += 3) {
      const violation = await runCrashPoint(firstWords, "dexie", { write, moment, keep });
      expect(violation, `write ${write}`).toBeNull();
    }
  });

  it("a crash that cannot happen is no success", async () => {
    if (firstWords === undefined) throw new Error("There are no scripts.");
    const point = { write: 10_000, moment: "during", keep: 0 } as const;
    await expect(runCrashPoint(firstWords, "dexie", point)).rejects.toThrow("nothing crashed");
  });
});
