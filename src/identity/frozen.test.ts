import { expect, test } from "vitest";
import { ENVELOPE_VERSION } from "./authors/envelope-codec.ts";
import { MAX_RECEIPT_PREFIXES, RECEIPT_PREFIX_BYTES, TRAILER_FIELD, TRAILER_VERSION } from "./authors/trailer.ts";
import { MAX_CHANNEL_NAME_CHARACTERS } from "./joining/channel-name.ts";
import { CHANNEL_ID_BYTES, CHANNEL_KEY_BYTES, DESCRIPTOR_VERSION } from "./joining/descriptor.ts";
import { CHECKSUM_BYTES, CODE_VERSION } from "./joining/invite-code.ts";
import { MAX_DESCRIPTOR_BYTES } from "./joining/invite-sizes.ts";

test("the formats and limits that every version of Hearback reads by never change", () => {
  const descriptor = { DESCRIPTOR_VERSION, MAX_DESCRIPTOR_BYTES, CHANNEL_ID_BYTES, CHANNEL_KEY_BYTES };
  const trailer = { TRAILER_FIELD, TRAILER_VERSION, RECEIPT_PREFIX_BYTES, MAX_RECEIPT_PREFIXES };
  const other = { ENVELOPE_VERSION, CODE_VERSION, CHECKSUM_BYTES, MAX_CHANNEL_NAME_CHARACTERS };
  const words = "others read and write by the old value: a new format needs a new version, beside the old one";
  expect({ ...descriptor, ...trailer, ...other }, words).toEqual({
    DESCRIPTOR_VERSION: 1,
    MAX_DESCRIPTOR_BYTES: 4_096,
    CHANNEL_ID_BYTES: 16,
    CHANNEL_KEY_BYTES: 32,
    TRAILER_FIELD: 1_000,
    TRAILER_VERSION: 1,
    RECEIPT_PREFIX_BYTES: 4,
    MAX_RECEIPT_PREFIXES: 64,
    ENVELOPE_VERSION: 1,
    CODE_VERSION: 1,
    CHECKSUM_BYTES: 4,
    MAX_CHANNEL_NAME_CHARACTERS: 64,
  });
});
