import { bloomShape } from "../../sds/filter/bloom-filter.ts";
import { bloomOptions } from "../../sds/filter/bloom-gate.ts";
import {
  type ChannelParameter,
  type ChannelParameterName,
  type ChannelParameters,
  isInRange,
  misfit,
  type ParameterVersion,
  parameterDefaults,
  parameterRows,
} from "../../sds/parameters/channel-parameters.ts";
import type { ProtobufReader, ProtobufWriter } from "../../sds/wire/protobuf.ts";

/**
 * Parameters of a channel that differ from the defaults, by field number (`CHANNEL_PARAMETERS`). Numbers that this version
 * does not know are kept, as the owner signed them, and ignored. Ascending.
 */
export type ChannelOverrides = readonly (readonly [field: number, value: number])[];

/** What of a descriptor says which parameters its channel has. */
export interface OverriddenParameters {
  readonly version: ParameterVersion;
  readonly overrides: ChannelOverrides;
}

/** Beside the longest text, eight causes and both signatures, well below what a message may have. */
const MAX_FILTER_BYTES = 65_536;

/** The overrides by name, as fields; the name of a parameter that does not exist or whose value is out of range instead. */
export function overridesOf(
  version: ParameterVersion,
  parameters: Readonly<Record<string, number>>,
): ChannelOverrides | string {
  const rows = new Map<string, ChannelParameter>(parameterRows(version));
  const overrides: [number, number][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    const row = rows.get(name);
    if (row === undefined || !isInRange(row, value)) return name;
    overrides.push([row.number, value]);
  }
  return overrides.sort(([a], [b]) => a - b);
}

/** The parameters of a channel: the defaults of its descriptor's version under its overrides. */
export function parametersOf({ version, overrides }: OverriddenParameters): ChannelParameters {
  const names = new Map<number, ChannelParameterName>(
    parameterRows(version).map(([name, { number }]) => [number, name]),
  );
  const known = overrides.flatMap(([field, value]) => {
    const name = names.get(field);
    return name === undefined ? [] : [[name, value] as const];
  });
  return { ...parameterDefaults(version), ...Object.fromEntries(known) };
}

/**
 * Why no channel can work with these parameters together, in words for people; null when one can. Each by itself is in
 * its range.
 */
export function contradictionIn(of: OverriddenParameters): string | null {
  const parameters = parametersOf(of);
  //= protocol: CHANNEL-6
  const pair = misfit(of.version, parameters);
  if (pair !== null) {
    const rule = pair.strictly ? "must be below" : "must not be above";
    return `"${pair.low}" (${parameters[pair.low]}) ${rule} "${pair.high}" (${parameters[pair.high]}).`;
  }
  const { bloomCapacity, bloomErrorPpm } = parameters;
  if (bloomShape(bloomOptions(parameters)).byteLength > MAX_FILTER_BYTES) {
    return `A filter of "bloomCapacity" ${bloomCapacity} at "bloomErrorPpm" ${bloomErrorPpm} makes messages too large.`;
  }
  return null;
}

export function writeOverrides(writer: ProtobufWriter, overrides: ChannelOverrides): void {
  for (const [field, value] of overrides) writer.uint64(field, value);
}

/** Null for a value out of range, or fields not ascending. Throws `ProtobufError`. */
export function readOverrides(version: ParameterVersion, reader: ProtobufReader): ChannelOverrides | null {
  const rows = new Map<number, ChannelParameter>(parameterRows(version).map(([, row]) => [row.number, row]));
  const overrides: [number, number][] = [];
  let last = 0;
  while (reader.next()) {
    const field = reader.field;
    const value = Number(reader.uint64());
    //= protocol: CHANNEL-5
    if (field <= last || !isAllowed(rows.get(field), value)) return null;
    overrides.push([field, value]);
    last = field;
  }
  return overrides;
}

/** A parameter that is not known may have any value that can be kept exactly. */
function isAllowed(row: ChannelParameter | undefined, value: number): boolean {
  //= protocol: CHANNEL-5, PARAM-1
  return row === undefined ? Number.isSafeInteger(value) && value >= 0 : isInRange(row, value);
}
