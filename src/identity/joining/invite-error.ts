/**
 * - `not-an-invite`: neither a link nor a code
 * - `cut-off`: the beginning is right and the end is missing
 * - `damaged`: the checksum does not fit
 * - `malformed`: well encoded, and not a descriptor
 * - `contradictory`: a descriptor of a channel that cannot work, as its parameters do not fit together
 * - `bad-signature`: the owner did not sign this descriptor
 * - `unsupported-version`: of a newer version of Hearback
 * - `too-large`: more than any descriptor has
 * - `invalid`: a channel cannot be created like this
 */
export type InviteErrorCode =
  | "not-an-invite"
  | "cut-off"
  | "damaged"
  | "malformed"
  | "contradictory"
  | "bad-signature"
  | "unsupported-version"
  | "too-large"
  | "invalid";

const ADVICE: Readonly<Record<InviteErrorCode, string>> = {
  "not-an-invite": "This is not a Hearback invite. Paste the whole link, or the code that begins with hearback1.",
  "cut-off": "The end of this invite is missing. Copy all of it, or ask for it again.",
  damaged: "This invite was changed on its way, perhaps by one character. Copy it again, or ask for it again.",
  malformed: "This invite cannot be read. Ask the person who sent it for a new one.",
  contradictory: "This channel cannot work as its parameters do not fit together. Ask its owner for a new channel.",
  "bad-signature": "The signature of the channel's owner does not fit this invite: it was altered. Ask for it again.",
  "unsupported-version": "This invite was made by a newer version of Hearback. Update Hearback to join.",
  "too-large": "This is too long to be an invite. Paste only the link or the code.",
  invalid: "A channel cannot be created like this. Check its name, its network and its parameters.",
};

/** `message` is for people and says what to do; `code` is stable. */
export class InviteError extends Error {
  override readonly name = "InviteError";
  readonly code: InviteErrorCode;

  constructor(code: InviteErrorCode, advice: string = ADVICE[code]) {
    super(advice);
    this.code = code;
  }
}
