/**
 * Branded identifiers. They are plain strings at run time; the brand stops a message id from being passed where a
 * participant id is meant. Only decoders and derivations (`messageIdOf`, `senderIdOf`) should brand a raw string.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Lower-case hex of SHA-256 over `content` (64 characters) for content; free text (<= 128 bytes) for syncs. */
export type MessageId = Branded<"MessageId">;
/** SDS `sender_id`: `"s1" + base64url(...)` for signed participants, free text (<= 128 bytes) for plain SDS clients. */
export type ParticipantId = Branded<"ParticipantId">;
/** SDS `channel_id`: base64url of the descriptor's 16 random bytes (22 characters). */
export type ChannelId = Branded<"ChannelId">;

/** Brand a string that is known to be such an id; nothing is checked. */
export const asMessageId = (value: string): MessageId => value as MessageId;
/** As `asMessageId`, of a participant. */
export const asParticipantId = (value: string): ParticipantId => value as ParticipantId;
/** As `asMessageId`, of a channel. */
export const asChannelId = (value: string): ChannelId => value as ChannelId;
