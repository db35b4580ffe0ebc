import type { ChannelStorage } from "../port.ts";
import { wrapStorage } from "../wrap-storage.ts";

/** `inner`, some of its methods replaced: for tests of what happens when one of them fails. */
export function storageWith(inner: ChannelStorage, replaced: Partial<ChannelStorage>): ChannelStorage {
  return { ...wrapStorage(inner, (call) => call()), ...replaced };
}
