/**
 * The types of content messages, a row each. Whatever differs from type to type is in this table, and everything else is
 * derived from it: who adds a type adds a row, and the compiler names what is left to do.
 */
interface MessageTypeRow {
  /** Envelope field 5 (docs/protocol.md, section 4). Never reused. */
  readonly number: number;
  /** Whose word confirms it when its author did not ask for a share: nobody's, anybody's, or the channel's share. */
  readonly level: "none" | "any" | "share";
  /** `send` takes it. */
  readonly sent: boolean;
  /** `sendEphemeral` takes it: said to those who are there, and in no log. */
  readonly ephemeral: boolean;
  /** People may choose it in the composer. */
  readonly composed: boolean;
  /** Has a row in the log on screen, under this name; all others that are shown are "other". */
  readonly named: boolean;
  /** Counts as unread until somebody saw it, and is worth a notification. */
  readonly unread: boolean;
  /** Has a row in the table of who has what. */
  readonly inMatrix: boolean;
}

const TYPES = {
  //= protocol: WIRE-17
  chat: {
    ...{ number: 1, level: "any", sent: true, ephemeral: true, composed: true, named: true },
    ...{ unread: true, inMatrix: true },
  },
  announcement: {
    ...{ number: 2, level: "share", sent: true, ephemeral: true, composed: true, named: true },
    ...{ unread: true, inMatrix: true },
  },
  /** True for a while only, so it is sent once and nobody's word is waited for. */
  status: {
    ...{ number: 3, level: "none", sent: true, ephemeral: true, composed: false, named: true },
    ...{ unread: false, inMatrix: false },
  },
  /** How its author wants to be called. */
  profile: {
    ...{ number: 4, level: "any", sent: true, ephemeral: false, composed: false, named: true },
    ...{ unread: false, inMatrix: false },
  },
  /** What an owner node keeps and knows. */
  report: {
    ...{ number: 7, level: "any", sent: false, ephemeral: false, composed: false, named: false },
    ...{ unread: false, inMatrix: true },
  },
  /** Stands in the place of a message that was deleted before it left. */
  void: {
    ...{ number: 8, level: "any", sent: false, ephemeral: false, composed: false, named: false },
    ...{ unread: false, inMatrix: false },
  },
} as const satisfies Record<string, MessageTypeRow>;

export type MessageType = keyof typeof TYPES;

/** Those whose row says true to `K`. */
type With<K extends keyof MessageTypeRow> = {
  [T in MessageType]: (typeof TYPES)[T][K] extends true ? T : never;
}[MessageType];

export type SentType = With<"sent">;
export type EphemeralType = With<"ephemeral">;
export type ComposedType = With<"composed">;
/** What a message is on screen: a type of its own, or one that this version shows without knowing more of it. */
export type ShownType = With<"named"> | "other";

/** Envelope types by name. Presence and checkpoints are syncs, not messages. */
export const MESSAGE_TYPE = Object.fromEntries(names().map((name) => [name, TYPES[name].number])) as {
  readonly [T in MessageType]: (typeof TYPES)[T]["number"];
};

export const SENT_TYPES: readonly SentType[] = names().filter((name): name is SentType => TYPES[name].sent);
export const EPHEMERAL_TYPES: readonly EphemeralType[] = names().filter(
  (name): name is EphemeralType => TYPES[name].ephemeral,
);
export const SHOWN_TYPES: readonly ShownType[] = [...names().filter(isNamed), "other"];

const ROW_BY_NUMBER: ReadonlyMap<number, MessageTypeRow> = new Map(
  names().map((name) => [TYPES[name].number, TYPES[name]]),
);
const SHOWN_BY_NUMBER: ReadonlyMap<number, ShownType> = new Map(
  names()
    .filter(isNamed)
    .map((name) => [TYPES[name].number, name]),
);

/** What is known of a type by its number. A number that this version does not know counts as that of a void. */
function rowOf(number: number): MessageTypeRow {
  //= protocol: WIRE-17
  return ROW_BY_NUMBER.get(number) ?? TYPES.void;
}

export function shownTypeOf(number: number): ShownType {
  //= protocol: EPHEMERAL-5
  return SHOWN_BY_NUMBER.get(number) ?? "other";
}

/** Whose word a message of this type waits for by itself. */
export function ownLevelOf(number: number): MessageTypeRow["level"] {
  return rowOf(number).level;
}

export function countsAsUnread(number: number): boolean {
  return rowOf(number).unread;
}

/** Of a type as it is shown: somebody who does not look is told of it. */
export function notifies(type: ShownType): boolean {
  return type !== "other" && TYPES[type].unread;
}

/** Of a type as it is shown: what this version does not know may matter, so it has a row as well. */
export function isInMatrix(type: ShownType): boolean {
  return type === "other" || TYPES[type].inMatrix;
}

function names(): MessageType[] {
  return Object.keys(TYPES) as MessageType[];
}

function isNamed(name: MessageType): name is With<"named"> {
  return TYPES[name].named;
}
