const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * What all members of a channel agree on through its descriptor. All values are numbers, so that a descriptor is a
 * small table; times are milliseconds. Order is the field number in the descriptor (1, 2, 3 ...): append only.
 */
export const CHANNEL_PARAMETER_DEFAULTS = {
  /** Acks are gathered for at least this long; the window grows with the group (x n/8). */
  ackWindowMs: 5 * SECOND,
  ackWindowMaxMs: 60 * SECOND,
  /** Trickle (RFC 6206) I_min and I_max of idle syncs. */
  idleSyncMinMs: 30 * SECOND,
  idleSyncMaxMs: 15 * MINUTE,
  /** A message waits at most this long, on connected time, for a missing cause. */
  lostAfterMs: 10 * MINUTE,
  /** Reordering is given this long before a missing cause is asked for. */
  reorderWaitMs: 2 * SECOND,
  /** First resend of an unconfirmed message; doubles up to `resendMaxMs`. */
  resendFirstMs: 5 * SECOND,
  resendMaxMs: 5 * MINUTE,
  unconfirmedAfterMs: 2 * MINUTE,
  /** Who was heard within this time, on connected time, is present: the audience of a message. */
  presenceWindowMs: 60 * MINUTE,
  /** An announcement needs this share of its audience. */
  levelPercent: 80,
  /** Bloom filter of the "sds" profile. */
  bloomCapacity: 10_000,
  /** In parts per million: 1000 is an error rate of 0.001. */
  bloomErrorPpm: 1_000,
  /** SDS-R: a missing message is asked for after this long (spread by hash), and answered within `repairAnswerMaxMs`. */
  repairAskMinMs: 2 * SECOND,
  repairAskMaxMs: 10 * SECOND,
  repairAnswerMaxMs: 20 * SECOND,
  /** Messages that one participant may publish in ten minutes; 0 = no limit (a service node of one's own). */
  budgetPerTenMinutes: 0,
} as const;

/** The parameters of a channel by name: the defaults under its overrides (docs/protocol.md, section 14). */
export type ChannelParameters = { readonly [K in keyof typeof CHANNEL_PARAMETER_DEFAULTS]: number };

/** Constants of the protocol: the same in every channel. */

/**
 * Further ahead than this nothing moves our clock. Less would shut out devices whose clock nobody looks after; more is what
 * a single liar could move all Lamport clocks by.
 */
export const LAMPORT_EMBARGO_MS = 10 * MINUTE;
/** As far as clocks may differ, so that what is said after somebody joined is never "before joining" by its timestamp. */
export const JOIN_WINDOW_MS = 10 * MINUTE;
/**
 * How long anybody is asked, sent to and answered: people who are there once a day still get from each other what they
 * miss. Longer means more ids in memory that liars made up; nothing of the last day is ever forgotten.
 */
export const HORIZON_MS = 24 * HOUR;
/** As far as clocks may differ, and for what reached a Store late. With less a message falls between two reads. */
export const HISTORY_OVERLAP_MS = 10 * MINUTE;
/** A message whose author left at once may be in the Store alone, and named by nobody: it is found after this at most. */
export const HISTORY_POLL_MS = 15 * MINUTE;
/**
 * Claims are said again this long after the last ack, which may be lost like everything. The first is no earlier than the
 * longest ack window, or it would fall into it; each is further off, so that one outage does not take all three.
 */
export const CLAIM_REPEAT_MS: readonly number[] = [60 * SECOND, 150 * SECOND, 400 * SECOND];
/** While online the channel asks for a step this often; a pause of more than this was a sleep. */
export const WAKE_EVERY_MS = MINUTE;
/** Less than `unconfirmedAfterMs`: one sleep must not look like the silence of all receivers. */
export const LONGEST_PAUSE_MS = 90 * SECOND;
/**
 * A participant who said nothing for this long is not suppressed by others: the presence floor. Half of the presence window,
 * so that a single lost sync makes nobody absent.
 */
export const SILENCE_FLOOR_MS = 30 * MINUTE;
/** In large groups this floor is most of what an idle channel costs, so there it is heard half as often. */
export const SILENCE_FLOOR_LARGE_GROUP_MS = 60 * MINUTE;
/** Up to this many known participants a newcomer is greeted by all: so many syncs cost less than wrong audiences. */
export const LARGE_GROUP = 20;
