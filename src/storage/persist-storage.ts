export type Persistence = "granted" | "refused" | "unavailable";

/**
 * Asks the browser to keep this site's data when disk space runs short. "refused": it may evict everything (browsers
 * grant by engagement, Firefox by asking); "unavailable": nothing to ask, as in workers and on insecure origins. Only
 * with "granted", or with an extension's `unlimitedStorage`, may the interface call accepted messages durable.
 */
export async function persistStorage(manager: Partial<StorageManager> | undefined): Promise<Persistence> {
  if (manager?.persist === undefined) return "unavailable";
  try {
    if ((await manager.persisted?.()) === true) return "granted";
    return (await manager.persist()) ? "granted" : "refused";
  } catch {
    // Opaque origins throw instead of answering.
    return "unavailable";
  }
}
