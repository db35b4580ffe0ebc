import { combinedHash64, hash64, requestDelay, responseDelay } from "../../src/sds/holes/repair-timing.ts";
import { messageIdOf } from "../../src/sds/wire/message-id.ts";
import { utf8Bytes } from "../../src/sds/wire/utf8.ts";
import { type Check, compare, failure } from "./check.ts";
import { checkBloom, checkBloomDefaults, checkHashN } from "./check-bloom.ts";
import { checkMessage } from "./check-message.ts";
import { asArray, asObject, asString } from "./vector-json.ts";

/** T_min and T_max of the peer's defaults, with which the vectors of section `sdsR` were made. */
const REQUEST_RANGE = { tMinMs: 30_000, tMaxMs: 120_000 };

/** Sections that are lists of vectors, each checked by itself. */
const SECTIONS: Readonly<Record<string, (vector: unknown) => Check[]>> = {
  messageId: checkMessageId,
  hashN: checkHashN,
  bloom: checkBloom,
  messages: checkMessage,
  sdsR: checkRepairTiming,
};

/**
 * Checks our protocol core against a vectors file (parsed JSON). A section or vector that cannot be understood is
 * a failed check, never passed over.
 */
export function checkVectors(file: unknown): Check[] {
  let sections: Readonly<Record<string, unknown>>;
  try {
    sections = asObject(file, "the file");
  } catch (error) {
    return [failure("file", messageOf(error))];
  }
  return Object.entries(sections).flatMap(([section, value]) => checkSection(section, value));
}

function checkSection(section: string, value: unknown): Check[] {
  // Where the vectors come from: words, nothing to check.
  if (section === "source") return [];
  if (section === "defaults") return guarded("defaults", () => checkBloomDefaults(value));
  const check = Object.hasOwn(SECTIONS, section) ? SECTIONS[section] : undefined;
  if (check === undefined) return [failure(section, "this section is not known, so nothing in it was checked")];
  return guarded(section, () =>
    asArray(value, "the section").flatMap((vector, index) => guarded(`${section}[${index}]`, () => check(vector))),
  );
}

/** Runs a check; what it throws becomes a failure. Names are put under `place`. */
function guarded(place: string, run: () => Check[]): Check[] {
  try {
    return run().map((check) => (check.name.startsWith(place) ? check : { ...check, name: `${place} ${check.name}` }));
  } catch (error) {
    return [failure(place, messageOf(error))];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function checkMessageId(value: unknown): Check[] {
  const vector = asObject(value, "the vector");
  const payload = asString(vector.payloadUtf8, "payloadUtf8");
  return [compare(JSON.stringify(payload), vector.id, messageIdOf(utf8Bytes(payload)))];
}

function checkRepairTiming(value: unknown): Check[] {
  const vector = asObject(value, "the vector");
  const participant = asString(vector.participant, "participant");
  const sender = asString(vector.sender, "sender");
  const id = asString(vector.message_id, "message_id");
  const name = `${participant} of ${sender}`;
  return [
    compare(`${name} hash64`, vector.hash64, String(hash64(participant))),
    compare(`${name} combined`, vector.combined, String(combinedHash64(participant, id))),
    compare(`${name} tReq_at0`, vector.tReq_at0, requestDelay(participant, id, REQUEST_RANGE)),
    compare(`${name} tResp_at0`, vector.tResp_at0, responseDelay(participant, sender, id, REQUEST_RANGE.tMaxMs)),
  ];
}
