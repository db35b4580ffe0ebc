import { expect, test } from "vitest";
import { DEFAULT_REDUNDANCY } from "../clock/trickle.ts";
import { CHANNEL_PARAMETERS, parameterRows } from "./channel-parameters.ts";
import * as limits from "./limits.ts";
import * as constants from "./parameters.ts";

/**
 * What others rely on is written here once more, so that nobody changes it in passing. Whoever wants another number reads the
 * words of the test that turned red first.
 */
const NEW_VERSION = "members of existing channels would disagree: give the descriptor a new version";
const OTHERS_RELY = "members with another version of Hearback go by the old value, in every channel: not to be changed";

/** Number, unit, default, least, most, and what it must not be above or must be below. */
const FROZEN = {
  1: {
    ackWindowMs: [1, "ms", 5_000, 1, 2_147_483_647, "<= ackWindowMaxMs"],
    ackWindowMaxMs: [2, "ms", 60_000, 1, 2_147_483_647, ""],
    idleSyncMinMs: [3, "ms", 30_000, 1, 2_147_483_647, "<= idleSyncMaxMs"],
    idleSyncMaxMs: [4, "ms", 900_000, 1, 2_147_483_647, ""],
    lostAfterMs: [5, "ms", 600_000, 1, 2_147_483_647, ""],
    reorderWaitMs: [6, "ms", 2_000, 1, 2_147_483_647, ""],
    resendFirstMs: [7, "ms", 5_000, 1, 2_147_483_647, "<= resendMaxMs"],
    resendMaxMs: [8, "ms", 300_000, 1, 2_147_483_647, ""],
    unconfirmedAfterMs: [9, "ms", 120_000, 1, 2_147_483_647, ""],
    presenceWindowMs: [10, "ms", 3_600_000, 1, 2_147_483_647, ""],
    levelPercent: [11, "%", 80, 1, 100, ""],
    bloomCapacity: [12, "ids", 10_000, 1, 65_536, ""],
    bloomErrorPpm: [13, "ppm", 1_000, 1, 500_000, ""],
    repairAskMinMs: [14, "ms", 2_000, 1, 2_147_483_647, "< repairAskMaxMs"],
    repairAskMaxMs: [15, "ms", 10_000, 1, 2_147_483_647, ""],
    repairAnswerMaxMs: [16, "ms", 20_000, 1, 2_147_483_647, ""],
    budgetPerTenMinutes: [17, "messages", 0, 1, 2_147_483_647, ""],
  },
} satisfies Record<keyof typeof CHANNEL_PARAMETERS, unknown>;

test("the parameters of a descriptor version never change", () => {
  const versions = Object.keys(CHANNEL_PARAMETERS).map((key) => Number(key) as keyof typeof CHANNEL_PARAMETERS);
  const found = versions.map((version) => [
    String(version),
    Object.fromEntries(
      parameterRows(version).map(([name, row]) => {
        const { number, unit, least, most, notAbove, below } = row;
        const fits = below !== undefined ? `< ${below}` : notAbove !== undefined ? `<= ${notAbove}` : "";
        return [name, [number, unit, row.default, least, most, fits]];
      }),
    ),
  ]);
  expect(Object.fromEntries(found), NEW_VERSION).toEqual(FROZEN);
});

/** How old, how far ahead and how silent may somebody be, and when is something said again? */
test("the constants that are the same in every channel never change", () => {
  const { CHANNEL_PARAMETER_DEFAULTS: _ofChannels, ...found } = constants;
  expect({ ...found, DEFAULT_REDUNDANCY }, OTHERS_RELY).toEqual({
    LAMPORT_EMBARGO_MS: 600_000,
    JOIN_WINDOW_MS: 600_000,
    HORIZON_MS: 86_400_000,
    HISTORY_OVERLAP_MS: 600_000,
    HISTORY_POLL_MS: 900_000,
    CLAIM_REPEAT_MS: [60_000, 150_000, 400_000],
    WAKE_EVERY_MS: 60_000,
    LONGEST_PAUSE_MS: 90_000,
    SILENCE_FLOOR_MS: 1_800_000,
    SILENCE_FLOOR_LARGE_GROUP_MS: 3_600_000,
    LARGE_GROUP: 20,
    DEFAULT_REDUNDANCY: 2,
  });
});

/** Where one refuses what another takes, a hole opens. What is local (docs/protocol.md, section 15) is not among them. */
test("the limits that two participants have to agree on never change", () => {
  const { MAX_MESSAGE_BYTES, MAX_ID_BYTES, MAX_HISTORY_ENTRIES, MAX_REPAIR_REQUESTS, MAX_HINT_BYTES } = limits;
  const { RETRIEVAL_HINT_BYTES, LAMPORT_LIMIT, MAX_PARENTS, MAX_UNRESOLVED_CLAIMS } = limits;
  const found = { MAX_MESSAGE_BYTES, MAX_ID_BYTES, MAX_HISTORY_ENTRIES, MAX_REPAIR_REQUESTS, MAX_HINT_BYTES };
  expect({ ...found, RETRIEVAL_HINT_BYTES, LAMPORT_LIMIT, MAX_PARENTS, MAX_UNRESOLVED_CLAIMS }, OTHERS_RELY).toEqual({
    MAX_MESSAGE_BYTES: 152_576,
    MAX_ID_BYTES: 128,
    MAX_HISTORY_ENTRIES: 256,
    MAX_REPAIR_REQUESTS: 8,
    MAX_HINT_BYTES: 64,
    RETRIEVAL_HINT_BYTES: 32,
    LAMPORT_LIMIT: 9_007_199_254_740_992,
    MAX_PARENTS: 8,
    MAX_UNRESOLVED_CLAIMS: 64,
  });
});
