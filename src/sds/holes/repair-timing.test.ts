import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RepairManager } from "../../../node_modules/@waku/sds/dist/message_channel/repair/repair.js";
import { hash64, inResponseGroup, requestDelay, responseDelay } from "./repair-timing.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const range = { tMinMs: 2_000, tMaxMs: 10_000 };

describe("repair timing", () => {
  it("hashes to the first 8 bytes of SHA-256, big-endian", () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(hash64(text)).toBe(createHash("sha256").update(text, "utf8").digest().readBigUInt64BE(0));
      }),
    );
  });

  //= protocol: REPAIR-1, REPAIR-8
  it("gives the times and groups of @waku/sds", () => {
    fc.assert(
      fc.property(name, name, name, fc.integer({ min: 1, max: 5 }), (participant, sender, id, groups) => {
        const peer = new RepairManager(
          participant,
          { tMin: 2_000, tMax: 10_000, numResponseGroups: groups },
          undefined,
        );
        expect(requestDelay(participant, id, range)).toBe(peer.calculateTReq(id, 0));
        expect(responseDelay(participant, sender, id, 10_000)).toBe(peer.calculateTResp(sender, id, 0));
        expect(inResponseGroup(participant, sender, id, groups)).toBe(peer.isInResponseGroup(sender, id));
      }),
    );
  });

  //= protocol: REPAIR-8
  it("stays in its range, and the author answers at once", () => {
    fc.assert(
      fc.property(name, name, name, (participant, sender, id) => {
        const request = requestDelay(participant, id, range);
        expect(request >= 2_000 && request < 10_000).toBe(true);
        const response = responseDelay(participant, sender, id, 20_000);
        expect(response >= 0 && response < 20_000).toBe(true);
        expect(responseDelay(sender, sender, id, 20_000)).toBe(0);
      }),
    );
  });

  it("refuses an empty range", () => {
    expect(() => requestDelay("a", "m", { tMinMs: 5, tMaxMs: 5 })).toThrow(RangeError);
    expect(() => responseDelay("a", "b", "m", 0)).toThrow(RangeError);
  });
});
