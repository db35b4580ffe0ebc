import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MessageRecord } from "../../sds/io/records.ts";
import { asMessageId, asParticipantId } from "../../sds/wire/ids.ts";
import { asWritten } from "../collect-messages.ts";
import { messageOf } from "../testing/samples.ts";
import { decodeRecords, encodeRecords, MAX_SHORT } from "./pack-codec.ts";

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const ids = fc.oneof({ weight: 5, arbitrary: hash }, fc.string({ maxLength: 130, unit: "binary" })).map(asMessageId);
const numbers = fc.oneof(fc.maxSafeNat(), fc.double({ noNaN: true }));
const small = fc.oneof(
  fc.nat(70_000),
  fc.constant(2 ** 32 - 1),
  fc.constant(2 ** 32),
  fc.constant(-1),
  fc.constant(0.5),
);
const hints = fc.option(fc.uint8Array({ maxLength: 70 }), { nil: undefined });
const plain = fc.record({
  ...{ id: ids, lamport: numbers, sender: fc.constantFrom("s1ada", "s1ben", "Zoë").map(asParticipantId) },
  ...{ mine: fc.boolean(), signed: fc.boolean(), authorSeq: fc.option(numbers), type: small, composedAt: numbers },
  ...{ size: small, status: fc.constantFrom("buffered", "delivered"), receivedAt: numbers, hint: hints },
  ...{
    audience: fc.array(fc.nat(100_000), { maxLength: 5 }),
    waits: fc.option(numbers),
    level: fc.option(numbers),
    removed: fc.boolean(),
  },
  parents: fc.array(
    fc.record({ of: fc.nat(12), id: ids, lamport: fc.option(numbers), hint: hints, asIs: fc.boolean() }),
    {
      maxLength: 4,
    },
  ),
});

/** Parents are earlier or later ones of the same pack, with what these have or with anything, or none of them. */
const packs = fc.uniqueArray(plain, { maxLength: 12, selector: ({ id }) => id }).map((all): MessageRecord[] =>
  all.map(({ waits, level, removed, hint, parents, ...rest }) => ({
    ...rest,
    ...(hint === undefined ? {} : { hint }),
    ...(waits === null ? {} : { waitsUntilConnectedMs: waits }),
    ...(level === null ? {} : { levelPercent: level }),
    ...(removed ? { removed: true } : {}),
    parents: parents.map((parent) => {
      const known = all[parent.of];
      const { id, lamport, hint: carried } = known !== undefined && parent.asIs ? known : parent;
      return { id: known?.id ?? id, lamport, ...(carried === undefined ? {} : { hint: carried }) };
    }),
  })),
);

function read(bytes: Uint8Array): MessageRecord[] {
  const records: MessageRecord[] = [];
  decodeRecords(bytes, (record) => records.push(asWritten(record)));
  return records;
}

describe("messages in a pack", () => {
  it("come back as they were, but for those that are left to the caller", () => {
    fc.assert(
      fc.property(packs, (records) => {
        const { bytes, left } = encodeRecords(records);
        const byId = (all: readonly MessageRecord[]) => [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
        expect(byId([...read(bytes), ...left])).toEqual(byId(records));
      }),
      { numRuns: 300 },
    );
  });

  it("are all of them in the bytes that programs of today write, hints as long as they may be among them", () => {
    const hint = new Uint8Array(MAX_SHORT).fill(1);
    const records = [1, 2, 3].map((n) => ({
      ...messageOf(n),
      hint,
      parents: [{ id: messageOf(1).id, lamport: 5, hint }],
    }));
    const { bytes, left } = encodeRecords(records);
    expect(left).toEqual([]);
    expect(read(bytes)).toEqual(records);
  });

  it("are as many as a pack has", () => {
    const records = Array.from({ length: 256 }, (_, n) => messageOf(n));
    const { bytes, left } = encodeRecords(records);
    expect(left).toEqual([]);
    expect(read(bytes)).toEqual(records);
    expect(bytes.length / records.length).toBeLessThan(200);
  });

  it("are left when they have what this program does not know, or what does not fit", () => {
    const odd: readonly object[] = [
      { later: 1 },
      { type: 2 ** 32 },
      { size: 1.5 },
      { audience: [-1] },
      { id: "x".repeat(200) },
      { sender: "\ud800" },
      { hint: new Uint8Array(MAX_SHORT + 1) },
      { parents: [{ id: "p", lamport: 1, later: 1 }] },
      { parents: [{ id: "p", lamport: 1, hint: new Uint8Array(MAX_SHORT + 1) }] },
    ];
    const records = odd.map((part, n): MessageRecord => ({ ...messageOf(n), ...part }));
    expect(encodeRecords(records).left).toEqual(records);
    expect(read(encodeRecords(records).bytes)).toEqual([]);
  });

  it("share what they have in common when they are read: a cause's id and hint are those of the message itself", () => {
    const hint = new Uint8Array(32).fill(0xe9);
    const [first, second] = [
      { ...messageOf(1), hint },
      { ...messageOf(2), parents: [{ ...messageOf(1), hint }] },
    ];
    const { parents } = second;
    const [{ id, lamport } = { id: asMessageId(""), lamport: 0 }] = parents;
    const { bytes } = encodeRecords([first, { ...second, parents: [{ id, lamport, hint }] }]);
    expect(bytes.length).toBeLessThan(400);
    const found: unknown[] = [];
    decodeRecords(bytes, ({ hint: own, parents: [parent] }) => found.push(own, parent?.hint));
    expect(found[0]).toBe(found[3]);
  });

  it("cut off, or of a later form, are no messages but an error", () => {
    const { bytes } = encodeRecords([messageOf(1)]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => read(bytes.subarray(0, length))).toThrow();
    }
    const later = bytes.slice();
    later[0] = 2;
    expect(() => read(later)).toThrow("form 2");
  });
});
