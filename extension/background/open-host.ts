import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { claimWriter, type WriterClaim } from "../../src/storage/device-lock.ts";
import { createDexieStorage } from "../../src/storage/dexie/dexie-storage.ts";
import { createWakuTransport } from "../../src/transport/waku/waku-transport.ts";
import { DATABASE } from "../platform/names.ts";

/** While an older worker of an update still ends. */
const CLAIM_AGAIN_MS = 100;

/**
 * The channels of this browser profile. Waits until no other worker writes; answers from storage at once and connects
 * meanwhile. Rejects with `StorageError` when storage cannot be opened.
 */
export async function openHost(isAttended: () => boolean): Promise<ChannelHost> {
  const claim = await claimAsOnlyWriter();
  try {
    const storage = await createDexieStorage({ name: DATABASE });
    const host = createChannelHost({
      storage,
      isAttended,
      openTransport: (network) => createWakuTransport({ network, isAttended }),
      onUnreadable: (channel, error) =>
        console.warn(`Hearback cannot read what it stored of channel ${channel}.`, error),
    });
    return {
      ...host,
      close: async () => {
        try {
          await host.close();
        } finally {
          await claim.release();
        }
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
}

async function claimAsOnlyWriter(): Promise<WriterClaim> {
  for (;;) {
    const claim = await claimWriter(navigator.locks, DATABASE);
    if (claim !== null) return claim;
    await new Promise((resolve) => setTimeout(resolve, CLAIM_AGAIN_MS));
  }
}
