import { fromBase64url, toBase64url } from "../bytes/base64url.ts";
import { equalBytes } from "../bytes/equal-bytes.ts";
import { type Descriptor, descriptorLength, encodeDescriptor } from "./descriptor.ts";
import { CHECKSUM_BYTES, CODE_VERSION, checksumOf } from "./invite-code.ts";
import { InviteError } from "./invite-error.ts";
import { MAX_INVITE_CHARACTERS } from "./invite-sizes.ts";
import { decodeDescriptor } from "./signed-descriptor.ts";

const JOIN_PATH = "#/join/";

/** Line breaks of a mail (with its quotation marks), other white space, and marks that are copied without being seen. */
const NOISE = /[\r\n]+[>\s]*|\s+|[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const LINK = /#\/join\/([A-Za-z0-9_-]*)/;
/** The version is one digit, as what follows may begin with one too. */
const CODE = /hearback([1-9])([A-Za-z0-9_-]*)/i;

/** `<base>#/join/<base64url(descriptor)>`: all in the fragment, which browsers do not send to any server. */
export function inviteLinkOf(base: string, descriptor: Descriptor): string {
  //= protocol: CHANNEL-9
  return base.replace(/#.*$/s, "") + JOIN_PATH + toBase64url(encodeDescriptor(descriptor));
}

/**
 * The descriptor in what somebody pasted: a link or a code, with anything before and after it, quotation marks, and
 * line breaks in the middle, as mail programs make them. Throws `InviteError`, whose message says what is wrong.
 */
export function parseInvite(text: string): Descriptor {
  if (text.length > MAX_INVITE_CHARACTERS) throw new InviteError("too-large");
  const dense = text.replace(NOISE, "");
  const link = LINK.exec(dense);
  if (link !== null) return fromLink(link[1] ?? "");
  const code = CODE.exec(dense);
  if (code === null) throw new InviteError("not-an-invite");
  if (Number(code[1]) > CODE_VERSION) throw new InviteError("unsupported-version");
  return fromCode(code[2] ?? "");
}

function fromLink(text: string): Descriptor {
  const { bytes, length } = selfDelimited(text, 0);
  // Without its end there is no descriptor; decoding says whether that is all that is wrong with it.
  return decodeDescriptor(bytes.subarray(0, length ?? bytes.length));
}

function fromCode(text: string): Descriptor {
  const { bytes, length } = selfDelimited(text, CHECKSUM_BYTES);
  if (length === null) throw new InviteError("cut-off");
  // The last character has bits that no byte uses: they are 0, so that a changed one is noticed there too.
  const exact = toBase64url(bytes.subarray(0, length + CHECKSUM_BYTES));
  if (!text.startsWith(exact)) throw new InviteError("damaged");
  const descriptor = bytes.subarray(0, length);
  const checksum = bytes.subarray(length, length + CHECKSUM_BYTES);
  //= protocol: CHANNEL-9
  if (!equalBytes(checksumOf(descriptor), checksum)) throw new InviteError("damaged");
  return decodeDescriptor(descriptor);
}

/**
 * A descriptor knows where it ends, so words that stand behind an invite, and are glued to it once white space is
 * removed, are left out. `length` is that of the descriptor, null when it or the bytes behind it are not all there.
 */
function selfDelimited(text: string, bytesBehind: number): { bytes: Uint8Array; length: number | null } {
  // Glued words may end anywhere: the last group of four is filled up, and only what the text really holds is kept.
  const filled = fromBase64url(text + "A".repeat((4 - (text.length % 4)) % 4)) ?? new Uint8Array();
  const bytes = filled.subarray(0, Math.floor((text.length * 3) / 4));
  const length = descriptorLength(bytes);
  return { bytes, length: length !== null && length + bytesBehind <= bytes.length ? length : null };
}
