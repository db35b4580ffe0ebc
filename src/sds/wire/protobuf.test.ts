import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtobufReader, ProtobufWriter, WIRE_FIXED32, WIRE_FIXED64, WIRE_LENGTH, WIRE_VARINT } from "./protobuf.ts";
import { ProtobufError, type ProtobufErrorCode } from "./protobuf-error.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toHex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

function codeOf(run: () => unknown): ProtobufErrorCode | "no error" {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtobufError) return error.code;
    throw error;
  }
  return "no error";
}

function skipAll(bytes: Uint8Array): number {
  const reader = new ProtobufReader(bytes);
  let fields = 0;
  for (; reader.next(); fields++) reader.skip();
  return fields;
}

function readU64(bytesHex: string): number | bigint {
  const reader = new ProtobufReader(hex(bytesHex));
  reader.next();
  return reader.uint64();
}

describe("varints", () => {
  it("writes the forms that the protobuf documentation gives", () => {
    expect(toHex(new ProtobufWriter().uint32(1, 150).finish())).toBe("089601");
    expect(toHex(new ProtobufWriter().string(2, "testing").finish())).toBe("120774657374696e67");
    expect(toHex(new ProtobufWriter().uint64(1, 2n ** 64n - 1n).finish())).toBe("08ffffffffffffffffff01");
    expect(toHex(new ProtobufWriter().uint32(1000, 1).finish())).toBe("c03e01");
  });

  it("gives back every u64, as a number exactly when it is below 2^53", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(64), (random, shift) => {
        const value = random >> BigInt(shift);
        const reader = new ProtobufReader(new ProtobufWriter().uint64(3, value).finish());
        expect(reader.next()).toBe(true);
        expect(reader.uint64()).toBe(value < 2n ** 53n ? Number(value) : value);
        expect(reader.next()).toBe(false);
      }),
    );
  });

  it("writes a number and a bigint of the same value as the same bytes", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const asNumber = new ProtobufWriter().uint64(1, value).finish();
        expect(asNumber).toEqual(new ProtobufWriter().uint64(1, BigInt(value)).finish());
      }),
    );
  });

  //= protocol: WIRE-10
  it("takes padded forms up to 10 bytes and refuses 11, or a value above 2^64 - 1", () => {
    expect(readU64("08ac8280808080808000")).toBe(300);
    expect(readU64("0880808080808080808000")).toBe(0);
    expect(codeOf(() => readU64("088080808080808080808000"))).toBe("varint");
    expect(codeOf(() => readU64("08ffffffffffffffffff02"))).toBe("varint");
    expect(codeOf(() => readU64("08ffff"))).toBe("truncated");
    expect(codeOf(() => readU64("08"))).toBe("truncated");
  });

  //= protocol: WIRE-10
  it("holds the edges 2^32 and 2^53 exactly", () => {
    const u32 = (value: number): number => {
      const reader = new ProtobufReader(new ProtobufWriter().uint64(1, value).finish());
      reader.next();
      return reader.uint32();
    };
    expect(u32(2 ** 32 - 1)).toBe(2 ** 32 - 1);
    expect(codeOf(() => u32(2 ** 32))).toBe("varint");
    expect(readU64(toHex(new ProtobufWriter().uint64(1, 2n ** 53n).finish()))).toBe(2n ** 53n);
    expect(readU64(toHex(new ProtobufWriter().uint64(1, 2 ** 53 - 1).finish()))).toBe(2 ** 53 - 1);
  });

  it("refuses to write what the field cannot hold", () => {
    const writer = new ProtobufWriter();
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53])
      expect(codeOf(() => writer.uint64(1, value))).toBe("value-range");
    for (const value of [-1n, 2n ** 64n]) expect(codeOf(() => writer.uint64(1, value))).toBe("value-range");
    expect(codeOf(() => writer.uint32(1, 2 ** 32))).toBe("value-range");
    for (const field of [0, -1, 1.5, 2 ** 29]) expect(codeOf(() => writer.uint32(field, 1))).toBe("value-range");
  });
});

describe("fields", () => {
  it("tells where each field begins and ends", () => {
    const first = new ProtobufWriter().string(1, "a").finish();
    const all = new ProtobufWriter().raw(first).bytes(1000, hex("ff")).finish();
    const reader = new ProtobufReader(all);
    reader.next();
    expect([reader.field, reader.wireType, reader.fieldStart]).toEqual([1, WIRE_LENGTH, 0]);
    reader.skip();
    reader.next();
    expect([reader.field, reader.fieldStart]).toEqual([1000, first.length]);
    expect(reader.bytes()).toEqual(hex("ff"));
    expect(reader.offset).toBe(all.length);
  });

  it("keeps submessages of any size whole", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300), fc.constantFrom(127, 128, 16_383, 16_384)), fc.nat(3), (size, capacity) => {
        const content = new Uint8Array(size).fill(7);
        const bytes = new ProtobufWriter(capacity)
          .message(5, (w) => w.bytes(1, content))
          .uint32(6, 9)
          .finish();
        const reader = new ProtobufReader(bytes);
        reader.next();
        const inner = reader.message();
        expect(inner.next()).toBe(true);
        expect(inner.bytes()).toEqual(content);
        expect(inner.next()).toBe(false);
        expect(reader.next()).toBe(true);
        expect(reader.uint32()).toBe(9);
      }),
      { numRuns: 40 },
    );
  });

  it("does not let a submessage read beyond its own end", () => {
    const reader = new ProtobufReader(hex("0a020a054141414141"));
    reader.next();
    const inner = reader.message();
    inner.next();
    expect(codeOf(() => inner.bytes())).toBe("truncated");
  });

  it("does not read numbers beyond the end of its range", () => {
    const bytes = hex("089601" + "0805");
    const at = (end: number): ProtobufErrorCode | "no error" => {
      const reader = new ProtobufReader(bytes, 0, end);
      return codeOf(() => reader.next() && reader.uint64());
    };
    expect([at(1), at(2), at(3)]).toEqual(["truncated", "truncated", "no error"]);
    const short = new ProtobufReader(bytes, 3, 4);
    expect(short.next()).toBe(true);
    expect(codeOf(() => short.uint32())).toBe("truncated");
  });

  //= protocol: WIRE-6
  it("skips every spoken wire type and refuses groups and undefined ones", () => {
    expect(skipAll(hex(`08ac02` + `110102030405060708` + `1a03616263` + `2501020304`))).toBe(4);
    for (const wireType of [3, 4, 6, 7]) {
      expect(codeOf(() => skipAll(Uint8Array.of((1 << 3) | wireType, 0)))).toBe("wire-type");
    }
    expect([WIRE_VARINT, WIRE_FIXED64, WIRE_LENGTH, WIRE_FIXED32]).toEqual([0, 1, 2, 5]);
  });

  //= protocol: WIRE-9
  it("refuses the wrong wire type, field 0, short fields and lengths above the limit", () => {
    const at = (bytesHex: string, read: (reader: ProtobufReader) => unknown): ProtobufErrorCode | "no error" =>
      codeOf(() => {
        const reader = new ProtobufReader(hex(bytesHex));
        reader.next();
        read(reader);
      });
    expect(at("0801", (r) => r.bytes())).toBe("wire-type");
    expect(at("0a0161", (r) => r.uint64())).toBe("wire-type");
    expect(at("0001", (r) => r.skip())).toBe("field-number");
    expect(at("0a0561", (r) => r.string())).toBe("truncated");
    expect(at("09010203", (r) => r.skip())).toBe("truncated");
    expect(at("0d0102", (r) => r.skip())).toBe("truncated");
    expect(at("0a0361c3a9", (r) => r.string(2))).toBe("too-long");
    expect(at("0a0361c3a9", (r) => r.string(3))).toBe("no error");
    expect(at("0a02c328", (r) => r.string())).toBe("utf8");
  });

  it("notes fields out of order or twice, and varints that are longer than they need be", () => {
    const fieldsOf = (bytes: readonly number[]): boolean => {
      const reader = new ProtobufReader(Uint8Array.from(bytes));
      while (reader.next()) {
        if (reader.wireType === WIRE_LENGTH) reader.bytes();
        else reader.uint64();
      }
      return reader.canonical;
    };
    expect(fieldsOf([])).toBe(true);
    expect(fieldsOf([0x08, 0x00, 0x12, 0x01, 0x80, 0x18, 0x80, 0x01])).toBe(true);
    expect(fieldsOf([0x08, 0x01, 0x08, 0x01]), "twice").toBe(false);
    expect(fieldsOf([0x10, 0x01, 0x08, 0x01]), "descending").toBe(false);
    expect(fieldsOf([0x08, 0x80, 0x00]), "a padded value").toBe(false);
    expect(fieldsOf([0x08, 0x81, 0x80, 0x00]), "a padded value").toBe(false);
    expect(fieldsOf([0x88, 0x00, 0x01]), "a padded tag").toBe(false);
    expect(fieldsOf([0x12, 0x81, 0x00, 0x07]), "a padded length").toBe(false);
  });

  it("never throws anything but ProtobufError, on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const code = codeOf(() => skipAll(bytes));
        expect(typeof code).toBe("string");
      }),
      { numRuns: 2_000 },
    );
  });
});
