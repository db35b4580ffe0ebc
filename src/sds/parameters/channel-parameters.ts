const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** One parameter of a channel. All values are whole numbers, so that a descriptor is a small table. */
export interface ChannelParameter {
  /** Its field in the descriptor (docs/protocol.md, section 14). Never reused. */
  readonly number: number;
  readonly unit: "ms" | "%" | "ids" | "ppm" | "messages";
  readonly default: number;
  /** Of what a descriptor says: a default may lie outside. */
  readonly least: number;
  readonly most: number;
  /** With a larger value than this other one has, no channel can work. */
  readonly notAbove?: string;
  /** Nor with an equal one. */
  readonly below?: string;
}

/** A time: at least a millisecond, at most what a timer can hold. */
const TIME = { unit: "ms", least: 1, most: 2 ** 31 - 1 } as const;

/**
 * What the members of a channel whose descriptor has version 1 agree on. They take from here whatever the descriptor leaves
 * out, so nothing in here ever changes: a better default, another range and a further parameter are a new version.
 */
//= protocol: PARAM-1
const VERSION_1 = {
  /** Acks are gathered for at least this long; the window grows with the group (x n/8). */
  ackWindowMs: { number: 1, ...TIME, default: 5 * SECOND, notAbove: "ackWindowMaxMs" },
  ackWindowMaxMs: { number: 2, ...TIME, default: 60 * SECOND },
  /** Trickle (RFC 6206) I_min and I_max of idle syncs. */
  idleSyncMinMs: { number: 3, ...TIME, default: 30 * SECOND, notAbove: "idleSyncMaxMs" },
  idleSyncMaxMs: { number: 4, ...TIME, default: 15 * MINUTE },
  /** A message waits at most this long, on connected time, for a missing cause. */
  lostAfterMs: { number: 5, ...TIME, default: 10 * MINUTE },
  /** Reordering is given this long before a missing cause is asked for. */
  reorderWaitMs: { number: 6, ...TIME, default: 2 * SECOND },
  /** First resend of an unconfirmed message; doubles up to `resendMaxMs`. */
  resendFirstMs: { number: 7, ...TIME, default: 5 * SECOND, notAbove: "resendMaxMs" },
  resendMaxMs: { number: 8, ...TIME, default: 5 * MINUTE },
  unconfirmedAfterMs: { number: 9, ...TIME, default: 2 * MINUTE },
  /** Who was heard within this time, on connected time, is present: the audience of a message. */
  presenceWindowMs: { number: 10, ...TIME, default: 60 * MINUTE },
  /** An announcement needs this share of its audience. */
  levelPercent: { number: 11, unit: "%", default: 80, least: 1, most: 100 },
  /** Bloom filter of the "sds" profile. Larger ones make messages too large, whatever the rate of errors. */
  bloomCapacity: { number: 12, unit: "ids", default: 10_000, least: 1, most: 65_536 },
  /** In parts per million: 1000 is an error rate of 0.001. Above one half a filter says nothing. */
  bloomErrorPpm: { number: 13, unit: "ppm", default: 1_000, least: 1, most: 500_000 },
  /** SDS-R: a missing message is asked for after this long (spread by hash), and answered within `repairAnswerMaxMs`. */
  repairAskMinMs: { number: 14, ...TIME, default: 2 * SECOND, below: "repairAskMaxMs" },
  repairAskMaxMs: { number: 15, ...TIME, default: 10 * SECOND },
  repairAnswerMaxMs: { number: 16, ...TIME, default: 20 * SECOND },
  /** Messages that one participant may publish in ten minutes; 0 = no limit (a service node of one's own). */
  budgetPerTenMinutes: { number: 17, unit: "messages", default: 0, least: 1, most: 2 ** 31 - 1 },
} as const satisfies Record<string, ChannelParameter>;

/** The parameters of channels, by the version of their descriptor. A version is added, and none is changed. */
export const CHANNEL_PARAMETERS = { 1: VERSION_1 } as const;

/** Versions of descriptors whose parameters are known here. */
export type ParameterVersion = keyof typeof CHANNEL_PARAMETERS;

export type ChannelParameterName = keyof (typeof CHANNEL_PARAMETERS)[ParameterVersion];

/** The parameters of a channel by name: the defaults under its overrides (docs/protocol.md, section 14). */
export type ChannelParameters = { readonly [K in ChannelParameterName]: number };

/** The rows of one version, in the order of their numbers. */
export function parameterRows(
  version: ParameterVersion,
): readonly (readonly [ChannelParameterName, ChannelParameter])[] {
  const rows = Object.entries(CHANNEL_PARAMETERS[version]) as [ChannelParameterName, ChannelParameter][];
  return rows.sort(([, a], [, b]) => a.number - b.number);
}

/** Whether a descriptor may say this of a parameter. */
export function isInRange({ least, most }: ChannelParameter, value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}

/** What a channel goes by whose descriptor has this version and sets nothing. */
export function parameterDefaults(version: ParameterVersion): ChannelParameters {
  const values = parameterRows(version).map(([name, row]) => [name, row.default] as const);
  return Object.fromEntries(values) as unknown as ChannelParameters;
}

/** The parameters that a new channel has when its creator sets none. */
export const CHANNEL_PARAMETER_DEFAULTS: ChannelParameters = parameterDefaults(1);

/**
 * The first two values, by name, with which no channel can work, each in its range; null when all fit together. The first
 * is not to be above the second, or `strictly` below it.
 */
export function misfit(
  version: ParameterVersion,
  parameters: ChannelParameters,
): { readonly low: ChannelParameterName; readonly high: ChannelParameterName; readonly strictly: boolean } | null {
  for (const [low, { notAbove, below }] of parameterRows(version)) {
    const high = (below ?? notAbove) as ChannelParameterName | undefined;
    if (high === undefined) continue;
    const strictly = below !== undefined;
    if (parameters[low] > parameters[high] || (strictly && parameters[low] === parameters[high])) {
      return { low, high, strictly };
    }
  }
  return null;
}
