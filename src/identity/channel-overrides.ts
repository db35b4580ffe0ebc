import { bloomShape } from "../sds/filter/bloom-filter.ts";
import { bloomOptions } from "../sds/filter/bloom-gate.ts";
import { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "../sds/parameters/parameters.ts";
import type { ProtobufReader, ProtobufWriter } from "../sds/wire/protobuf.ts";

/**
 * Parameters of a channel that differ from the defaults, by field number: 1 is the first of
 * `CHANNEL_PARAMETER_DEFAULTS`. Numbers that this version does not know are kept, as the owner signed them, and ignored.
 * Ascending.
 */
export type ChannelOverrides = readonly (readonly [field: number, value: number])[];

const NAMES = Object.keys(CHANNEL_PARAMETER_DEFAULTS) as readonly (keyof ChannelParameters)[];

const FIELD_OF = new Map<string, number>(NAMES.map((name, index) => [name, index + 1]));

/** What a timer can hold, and so the most that a time can be. */
const MAX_MS = 2 ** 31 - 1;
/** A descriptor is somebody else's input: a percentage must be one, and a filter one that can be made. */
const LIMITS: Partial<Readonly<Record<keyof ChannelParameters, number>>> = {
  levelPercent: 100,
  bloomCapacity: 65_536,
  bloomErrorPpm: 500_000,
};

/** Pairs of the least and the most of one thing. */
const RANGES: readonly (readonly [least: keyof ChannelParameters, most: keyof ChannelParameters])[] = [
  ["ackWindowMs", "ackWindowMaxMs"],
  ["idleSyncMinMs", "idleSyncMaxMs"],
  ["resendFirstMs", "resendMaxMs"],
];
/** Beside the longest text, eight causes and both signatures, well below what a message may have. */
const MAX_FILTER_BYTES = 65_536;

/** The overrides by name, as fields; the name of a parameter that does not exist or whose value is out of range instead. */
export function overridesOf(parameters: Readonly<Record<string, number>>): ChannelOverrides | string {
  const overrides: [number, number][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const field = FIELD_OF.get(name);
    if (field === undefined || !isInRange(field, value)) return name;
    overrides.push([field, value]);
  }
  return overrides.sort(([a], [b]) => a - b);
}

/** The parameters of a channel: the defaults under its overrides. */
export function parametersOf(overrides: ChannelOverrides): ChannelParameters {
  const known = overrides.flatMap(([field, value]) => {
    const name = NAMES[field - 1];
    return name === undefined ? [] : [[name, value] as const];
  });
  return { ...CHANNEL_PARAMETER_DEFAULTS, ...Object.fromEntries(known) };
}

/**
 * Why no channel can work with these parameters together, in words for people; null when one can. Each by itself is in
 * its range.
 */
export function contradictionIn(parameters: ChannelParameters): string | null {
  //= protocol: CHANNEL-6
  for (const [least, most] of RANGES) {
    if (parameters[least] > parameters[most]) {
      return `"${least}" (${parameters[least]}) must not be above "${most}" (${parameters[most]}).`;
    }
  }
  const { repairAskMinMs, repairAskMaxMs, bloomCapacity, bloomErrorPpm } = parameters;
  if (repairAskMinMs >= repairAskMaxMs) {
    return `"repairAskMinMs" (${repairAskMinMs}) must be below "repairAskMaxMs" (${repairAskMaxMs}).`;
  }
  if (bloomShape(bloomOptions(parameters)).byteLength > MAX_FILTER_BYTES) {
    return `A filter of "bloomCapacity" ${bloomCapacity} at "bloomErrorPpm" ${bloomErrorPpm} makes messages too large.`;
  }
  return null;
}

export function writeOverrides(writer: ProtobufWriter, overrides: ChannelOverrides): void {
  for (const [field, value] of overrides) writer.uint64(field, value);
}

/** Null for a value out of range, or fields not ascending. Throws `ProtobufError`. */
export function readOverrides(reader: ProtobufReader): ChannelOverrides | null {
  const overrides: [number, number][] = [];
  let last = 0;
  while (reader.next()) {
    const field = reader.field;
    const value = Number(reader.uint64());
    //= protocol: CHANNEL-5
    if (field <= last || !isInRange(field, value)) return null;
    overrides.push([field, value]);
    last = field;
  }
  return overrides;
}

function isInRange(field: number, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  const name = NAMES[field - 1];
  //= protocol: CHANNEL-5, PARAM-1
  return name === undefined ? value >= 0 : value >= 1 && value <= (LIMITS[name] ?? MAX_MS);
}
