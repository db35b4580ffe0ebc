import { CHANNEL_ERROR_CODES, ChannelError, type ChannelErrorCode } from "../../channel/api/channel-client.ts";
import type { Strings } from "./strings.ts";

const CODES: ReadonlySet<string> = new Set(CHANNEL_ERROR_CODES);

/** The code of a channel's error, also of one that lost its class on the way through a message port. */
export function errorCode(error: unknown): ChannelErrorCode {
  const code = error instanceof ChannelError ? error.code : (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && CODES.has(code) ? (code as ChannelErrorCode) : "internal";
}

/** A sentence for people: what happened and what to do, ending in a full stop. */
export function errorWords(error: unknown, strings: Strings): string {
  const message = error instanceof Error ? error.message.trim() : "";
  const words = strings.errors[errorCode(error)](message);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}

/** Why a message stays in the field. Without an answer nobody knows whether it was accepted. */
export function sendProblem(error: unknown, strings: Strings): string {
  const words = errorWords(error, strings);
  return isUnanswered(error) ? strings.composer.unanswered(words) : strings.composer.failed(words);
}

/** Why a channel is still on the screen. Without an answer nobody knows whether it was left. */
export function leaveProblem(error: unknown, strings: Strings): string {
  const words = errorWords(error, strings);
  return isUnanswered(error) ? strings.channel.leaveUnknown(words) : strings.channel.leaveFailed(words);
}

function isUnanswered(error: unknown): boolean {
  const code = errorCode(error);
  return code === "timeout" || code === "disconnected";
}
