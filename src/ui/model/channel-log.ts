import type { DeliveryUpdate, LogPage, StoredView } from "../../channel/api/channel-client.ts";
import type { MessageId } from "../../sds/wire/ids.ts";
import { comparePositions, lowerBound } from "./log-order.ts";
import type { ShownItem } from "./shown-item.ts";

/**
 * The part of the log that is on screen, in log order. It reaches from some place to the newest entry without gaps:
 * entries older than its first are left to paging as long as there are more.
 */
export class ChannelLog {
  #entries: ShownItem[] = [];
  #byId = new Map<MessageId, ShownItem>();
  #more = false;
  /** Older entries that came while a page was on its way; the page may or may not contain them. */
  #late: ShownItem[] | null = null;

  #removed: Set<MessageId> | null = null;

  get more(): boolean {
    return this.#more;
  }

  /** A fresh array, so that a signal sees the change. */
  entries(): readonly ShownItem[] {
    return this.#entries.slice();
  }

  first(): ShownItem | undefined {
    return this.#entries[0];
  }

  last(): ShownItem | undefined {
    return this.#entries[this.#entries.length - 1];
  }

  reset(page: LogPage): void {
    this.#entries = page.entries.slice().sort(comparePositions);
    this.#byId = new Map(this.#entries.map((entry) => [entry.id, entry]));
    this.#more = page.more;
    this.#late = null;
  }

  /**
   * Until the log is read up to its end, its end comes from elsewhere: what stands here before that is left to paging. Entries of
   * the log take the place of what is the same.
   */
  preview(newest: readonly StoredView[]): void {
    const [first] = newest;
    if (first === undefined) return;
    this.#entries = this.#entries.filter((entry) => comparePositions(entry, first) >= 0);
    this.#byId = new Map(this.#entries.map((entry) => [entry.id, entry]));
    this.#more = true;
    for (const message of newest) if (!this.#byId.has(message.id)) this.#insert({ kind: "preview", ...message });
  }

  /** Inserts a new entry at its place or replaces the one with this id. False: it is left to paging, and nothing changed. */
  put(entry: ShownItem): boolean {
    const known = this.#remove(entry.id);
    const first = this.#entries[0];
    if (this.#more && first !== undefined && comparePositions(entry, first) < 0) {
      this.#late?.push(entry);
      return known;
    }
    this.#insert(entry);
    return true;
  }

  updateDelivery(updates: readonly DeliveryUpdate[]): void {
    for (const { id, delivery } of updates) {
      const entry = this.#byId.get(id);
      if (entry?.kind !== "message") continue;
      const updated: ShownItem = { ...entry, delivery };
      this.#entries[lowerBound(this.#entries, entry)] = updated;
      this.#byId.set(id, updated);
    }
  }

  removeHole(id: MessageId): void {
    if (this.#byId.get(id)?.kind === "hole") this.#remove(id);
  }

  remove(id: MessageId): void {
    this.#remove(id);
    // The page that is on its way may have been read before.
    this.#removed?.add(id);
  }

  expectPage(): void {
    this.#removed = new Set();
    this.#late = [];
  }

  /** Takes the page before the first entry. What is known already is newer than the page and stays. */
  prepend(page: LogPage): void {
    const late = this.#late ?? [];
    const removed = this.#removed;
    this.#late = null;
    this.#removed = null;
    this.#more = page.more;
    for (const entry of page.entries) if (!this.#byId.has(entry.id) && !removed?.has(entry.id)) this.#insert(entry);
    for (const entry of late) if (!this.#byId.has(entry.id)) this.put(entry);
  }

  pageFailed(): void {
    this.#late = null;
    this.#removed = null;
  }

  #insert(entry: ShownItem): void {
    this.#entries.splice(lowerBound(this.#entries, entry), 0, entry);
    this.#byId.set(entry.id, entry);
  }

  /** Whether it was there. */
  #remove(id: MessageId): boolean {
    const known = this.#byId.get(id);
    if (known === undefined) return false;
    this.#entries.splice(lowerBound(this.#entries, known), 1);
    this.#byId.delete(id);
    return true;
  }
}
