import { decodeDescriptor } from "../src/identity/joining/signed-descriptor.ts";
import { participantOfDatabase } from "./database-name.ts";
import { knownParticipants, rememberParticipant } from "./participants-of-browser.ts";

/**
 * localStorage reaches the disk when the browser finds time, so a browser that was killed may have forgotten who was
 * here, while the participants' databases, written strictly, are all there. They are the truth: whoever is not in the
 * list is read from them.
 */
export async function recoverParticipants(inOtherTabs: ReadonlySet<string>): Promise<void> {
  // Missing in old Firefox; there the list is what localStorage holds.
  const databases = await indexedDB.databases?.();
  const known = new Set(knownParticipants().map(({ id }) => id));
  for (const { name } of databases ?? []) {
    const id = participantOfDatabase(name ?? "");
    if (id !== null && !known.has(id) && !inOtherTabs.has(id)) await recover(id, name ?? "");
  }
}

async function recover(id: string, database: string): Promise<void> {
  // Rarely needed, so not part of what every page loads.
  const { createDexieStorage } = await import("../src/storage/dexie/dexie-storage.ts");
  const storage = await createDexieStorage({ name: database, readOnly: true });
  try {
    const [channel] = await storage.listDevice();
    // Somebody who never joined anything left nothing behind.
    if (channel === undefined) return;
    const channelName = decodeDescriptor(channel.descriptor).name;
    rememberParticipant({ id, name: channel.displayName, channelName, usedAt: channel.joinedAt });
  } finally {
    await storage.close();
  }
}
