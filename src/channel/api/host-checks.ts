import { isChannelName, withoutForbidden } from "../../identity/joining/channel-name.ts";
import { isChannelNetwork } from "../../identity/joining/channel-network.ts";
import { InviteError } from "../../identity/joining/invite-error.ts";
import { CHANNEL_PARAMETERS, isInRange, parameterRows } from "../../sds/parameters/channel-parameters.ts";
import type { ChannelId } from "../../sds/wire/ids.ts";
import { ChannelError } from "./channel-client.ts";
import type { CreateRequest, JoinRequest } from "./channel-host.ts";
import { fieldsOf, invalid, isText, oneOf } from "./checks.ts";
import {
  MAX_ADDRESSES,
  MAX_CHANNEL_NAME_CHARACTERS,
  MAX_DISPLAY_NAME_CHARACTERS,
  MAX_ID_CHARACTERS,
  MAX_INVITE_CHARACTERS,
} from "./limits.ts";

/** What may be given to a `ChannelHost`; as `checks.ts`. Names come back as they will be kept. */

const PROFILES = ["community", "sds"] as const satisfies readonly CreateRequest["profile"][];

/** Whether all of it makes a channel together is found when its descriptor is made. */
export function checkedCreate(request: CreateRequest): CreateRequest {
  const words = "Give a channel as { name, displayName, profile, multiaddrs, parameters }.";
  const { name, displayName, profile, multiaddrs, parameters } = fieldsOf(request, words);
  return {
    name: checkedChannelName(name),
    displayName: checkedDisplayName(displayName),
    profile: oneOf(PROFILES, profile, "profile of a channel"),
    multiaddrs: multiaddrs === null ? null : checkedAddresses(multiaddrs),
    parameters: checkedParameters(parameters),
  };
}

/** Whether the invite leads anywhere is found when it is read. */
export function checkedJoin(request: JoinRequest): JoinRequest {
  const { invite, displayName } = fieldsOf(request, "Give { invite, displayName }.");
  return { invite: checkedInvite(invite), displayName: checkedDisplayName(displayName) };
}

export function checkedInvite(invite: unknown): string {
  if (typeof invite !== "string")
    throw invalid("Give an invite as text: a link, or the code that begins with hearback1.");
  if (invite.length <= MAX_INVITE_CHARACTERS) return invite;
  throw new ChannelError("invalid-invite", new InviteError("too-large").message);
}

export function checkedChannelId(id: ChannelId): ChannelId {
  if (isText(id, MAX_ID_CHARACTERS) && id !== "") return id;
  throw invalid(`Give the id of a channel: 1 to ${MAX_ID_CHARACTERS} characters, as the list of channels shows it.`);
}

function checkedDisplayName(name: unknown): string {
  const trimmed = typeof name === "string" ? withoutForbidden(name).trim() : "";
  if (trimmed !== "" && !hasMoreThan(trimmed, MAX_DISPLAY_NAME_CHARACTERS)) return trimmed;
  throw invalid(`Your name has 1 to ${MAX_DISPLAY_NAME_CHARACTERS} characters.`);
}

function checkedChannelName(name: unknown): string {
  const trimmed = typeof name === "string" ? name.trim() : "";
  if (!hasMoreThan(trimmed, MAX_CHANNEL_NAME_CHARACTERS) && isChannelName(trimmed)) return trimmed;
  throw invalid(`Give the channel a name of 1 to ${MAX_CHANNEL_NAME_CHARACTERS} characters, without line breaks.`);
}

/** Characters are code points, of one or two UTF-16 units: most texts that are too long need not be taken apart. */
function hasMoreThan(text: string, most: number): boolean {
  return text.length > 2 * most || [...text].length > most;
}

function checkedAddresses(value: unknown): readonly string[] {
  const multiaddrs: unknown[] = Array.isArray(value) ? [...value] : [];
  const texts = multiaddrs.filter((address): address is string => typeof address === "string");
  const network = { preset: "custom", cluster: 0, shards: 1, multiaddrs: texts } as const;
  if (texts.length === multiaddrs.length && isChannelNetwork(network)) return texts;
  const words = `Give 1 to ${MAX_ADDRESSES} addresses of service nodes, each beginning with / and without spaces`;
  throw invalid(`${words}; null for the service node on this machine.`);
}

function checkedParameters(value: unknown): Readonly<Record<string, number>> {
  const parameters = fieldsOf(value, "Give parameters as { name: number }; {} for the usual ones.");
  const rows = new Map<string, (typeof NEWEST)[number][1]>(NEWEST);
  const checked: Record<string, number> = {};
  for (const [name, given] of Object.entries(parameters)) {
    const row = rows.get(name);
    if (row === undefined) {
      throw invalid(`There is no parameter "${name.slice(0, 64)}". There are: ${[...rows.keys()].join(", ")}.`);
    }
    if (!isInRange(row, given)) {
      throw invalid(
        `The parameter "${name}" is a whole number from ${row.least} to ${row.most}. Leave it out for the usual.`,
      );
    }
    checked[name] = given;
  }
  return checked;
}

/** Of the version that new channels have. */
const NEWEST = parameterRows(
  Math.max(...Object.keys(CHANNEL_PARAMETERS).map(Number)) as keyof typeof CHANNEL_PARAMETERS,
);
