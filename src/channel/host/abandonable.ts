import { type ChannelStorage, StorageError } from "../../storage/port.ts";
import { wrapStorage } from "../../storage/wrap-storage.ts";

/** Storage as one run of a channel uses it, until the channel is left. */
export interface AbandonableStorage {
  readonly storage: ChannelStorage;
  /** From now on every call rejects, also those whose answer is still out. */
  abandon(): void;
}

/**
 * A channel with a long history takes seconds to be read, and whoever leaves it need not wait for that: what it would read is
 * of no use any more, and what it would write must not be found by whoever joins the same channel again.
 */
export function abandonable(inner: ChannelStorage): AbandonableStorage {
  let isAbandoned = false;
  const assertKept = (): void => {
    if (isAbandoned) throw new StorageError("closed", "This device has left the channel.");
  };
  return {
    storage: wrapStorage(inner, async (call) => {
      assertKept();
      const result = await call();
      assertKept();
      return result;
    }),
    abandon: () => {
      isAbandoned = true;
    },
  };
}
