import { expect, test } from "vitest";
import {
  checkedCorrection,
  checkedEphemeral,
  checkedMessageId,
  checkedPageLimit,
  checkedPosition,
  checkedSend,
} from "../../channel/api/checks.ts";
import { checkedChannelId, checkedCreate, checkedInvite, checkedJoin } from "../../channel/api/host-checks.ts";
import {
  MAX_ADDRESS_CHARACTERS,
  MAX_ADDRESSES,
  MAX_CHANNEL_NAME_CHARACTERS,
  MAX_CLOCK_CORRECTION_MS,
  MAX_DISPLAY_NAME_CHARACTERS,
  MAX_ID_CHARACTERS,
  MAX_INVITE_CHARACTERS,
  MAX_PAGE,
  MAX_REQUEST_ID_LENGTH,
  MAX_TEXT_BYTES,
} from "../../channel/api/limits.ts";
import { parameterRows } from "../../sds/parameters/channel-parameters.ts";
import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import { METHODS } from "./methods.ts";

const long = (most: number): string => "x".repeat(most);
/** Two UTF-16 units each, with what is trimmed around them. */
const wide = (most: number): string => ` ${"\u{1F600}".repeat(most)}\n`;
const upTo = { lamport: Number.MAX_SAFE_INTEGER, id: asMessageId(long(MAX_ID_CHARACTERS)) };
const send = { type: "chat", text: long(MAX_TEXT_BYTES) } as const;

test("the most that a channel and a host take crosses a bridge", () => {
  const all = {
    create: checkedCreate({
      name: wide(MAX_CHANNEL_NAME_CHARACTERS),
      displayName: wide(MAX_DISPLAY_NAME_CHARACTERS),
      profile: "sds",
      multiaddrs: Array(MAX_ADDRESSES).fill(`/${long(MAX_ADDRESS_CHARACTERS - 1)}`),
      parameters: Object.fromEntries(parameterRows(1).map(([name, { most }]) => [name, most])),
    }),
    preview: { invite: checkedInvite(long(MAX_INVITE_CHARACTERS)) },
    join: checkedJoin({ invite: long(MAX_INVITE_CHARACTERS), displayName: wide(MAX_DISPLAY_NAME_CHARACTERS) }),
    leave: { channel: checkedChannelId(asChannelId(long(MAX_ID_CHARACTERS))) },
    snapshot: { limit: checkedPageLimit(MAX_PAGE) },
    page: { before: checkedPosition({ lamport: 0, id: asMessageId("") }), limit: checkedPageLimit(1) },
    send: checkedSend({ ...send, requestId: long(MAX_REQUEST_ID_LENGTH), levelPercent: 100 }),
    sendEphemeral: checkedEphemeral(send),
    details: { id: checkedMessageId(asMessageId(long(MAX_ID_CHARACTERS))) },
    correctClock: { correctionMs: checkedCorrection(-MAX_CLOCK_CORRECTION_MS) },
    markRead: { upTo: checkedPosition(upTo) },
  } satisfies { [M in keyof typeof METHODS]?: unknown };
  for (const [method, params] of Object.entries(all) as [keyof typeof all, unknown][]) {
    expect([method, METHODS[method].params(params)]).toEqual([method, true]);
    expect([method, METHODS[method].params(JSON.parse(JSON.stringify(params)))]).toEqual([method, true]);
  }
});

test.each<[keyof typeof METHODS, unknown]>([
  ["page", { before: upTo, limit: MAX_PAGE + 1 }],
  ["snapshot", { limit: 0 }],
  ["send", { ...send, requestId: long(MAX_REQUEST_ID_LENGTH + 1) }],
  ["send", { ...send, requestId: "r", text: long(MAX_TEXT_BYTES + 1) }],
  ["preview", { invite: long(MAX_INVITE_CHARACTERS + 1) }],
  ["details", { id: long(MAX_ID_CHARACTERS + 1) }],
])("more than %s takes is no request", (method, params) => {
  expect(METHODS[method].params(params)).toBe(false);
});
