export { CHANNEL_PARAMETER_DEFAULTS, type ChannelParameters } from "./channel-parameters.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Constants of the protocol: the same in every channel, in every version. What the others rely on is pinned by
 * `frozen.test.ts`.
 */

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
