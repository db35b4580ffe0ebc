/**
 * How state is owned. Each room declares its slice of the state read-only, so that the compiler refuses a write from
 * anywhere else. `own.ts` of the room gives its own files the same slice to write to; no other room may import it
 * (`.dependency-cruiser.mjs`), and whoever wants something changed asks a named function of the room.
 */
export type Owned<T> = { -readonly [K in keyof T]: OwnedValue<T[K]> };

type OwnedValue<V> =
  V extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : V extends ReadonlySet<infer Item> ? Set<Item> : V;
