import type { MetaRecords } from "../io/records.ts";
import { cursorToKeep } from "./embargo.ts";
import { ownReceive } from "./own.ts";
import type { ReceiveAndBelow, ReceiveContext } from "./receive-state.ts";

/** A channel's invite names eight service nodes at most. Of what else is read, each start begins anew. */
const MAX_SOURCES = 16;

/** The names under which they are stored begin with this. */
const PREFIX = "historyCursor of ";
type CursorKey = Extract<keyof MetaRecords, `${typeof PREFIX}${string}`>;

/** Up to where the Store of this service node was read, as wall time; 0: never. `source` is empty where there is but one. */
export function historyCursorOf({ receive }: ReceiveAndBelow, source: string): number {
  return source === "" ? receive.historyCursor : (receive.historyCursors.get(source) ?? 0);
}

/** The Store of this service node was read up to here: that says nothing of what others have. */
export function noteHistoryRead({ state, env, changes }: ReceiveContext, source: string, cursor: number): void {
  const receive = ownReceive(state);
  receive.historyCursor = cursor;
  const kept = cursorToKeep(state, env.now);
  changes.push({ op: "meta", key: "historyCursor", value: kept });
  const { historyCursors } = receive;
  if (source === "" || (historyCursors.size >= MAX_SOURCES && !historyCursors.has(source))) return;
  //= protocol: STORE-7
  historyCursors.set(source, cursor);
  changes.push({ op: "meta", key: `${PREFIX}${source}`, value: kept });
}

/** When the channel is restored. */
export function restoreHistoryCursors(state: ReceiveAndBelow, meta: Partial<MetaRecords>): void {
  const receive = ownReceive(state);
  receive.historyCursor = meta.historyCursor ?? 0;
  for (const key of Object.keys(meta)) {
    if (!isCursorKey(key) || receive.historyCursors.size >= MAX_SOURCES) continue;
    receive.historyCursors.set(key.slice(PREFIX.length), meta[key] ?? 0);
  }
}

function isCursorKey(key: string): key is CursorKey {
  return key.startsWith(PREFIX);
}
