import { signal } from "@preact/signals";
import { persistStorage } from "../src/storage/persist-storage.ts";
import { acrossTabs, readJson, writeJson } from "./browser-storage.ts";

const DISMISSED_KEY = "hearback.storage-note-dismissed";

/** False: this browser may delete the channels when disk space runs low. Null: not asked yet. */
const lasting = signal<boolean | null>(null);
const dismissed = signal(readJson(acrossTabs, DISMISSED_KEY) === true);

/** Whether to tell, calmly, that the promise "accepted is durable" has a limit here. */
export function shouldTellStorage(): boolean {
  return lasting.value === false && !dismissed.value;
}

export function dismissStorageNote(): void {
  dismissed.value = true;
  writeJson(acrossTabs, DISMISSED_KEY, true);
}

/** Asks the browser to keep the channels. On a click only: some browsers ask the user. */
export async function askForLastingStorage(): Promise<void> {
  lasting.value = (await persistStorage(navigator.storage)) === "granted";
}

export async function checkLastingStorage(): Promise<void> {
  try {
    lasting.value = await navigator.storage.persisted();
  } catch {
    lasting.value = false;
  }
}
