import { batch, type ReadonlySignal, signal } from "@preact/signals";
import type {
  ChannelClient,
  ChannelEvent,
  ChannelSnapshot,
  ChannelStatus,
  ChannelView,
  DeliveryUpdate,
  LogPosition,
  ParticipantView,
  StoredView,
} from "../../channel/api/channel-client.ts";
import { MAX_PAGE } from "../../channel/api/limits.ts";
import { STATUS_NOT_KNOWN } from "../../channel/api/status-not-known.ts";
import type { ParticipantId } from "../../sds/wire/ids.ts";
import { ChannelLog } from "./channel-log.ts";
import type { ShownItem } from "./shown-item.ts";

const PAGE_SIZE = 100;
/**
 * Drawing the log costs more than most events are worth: the first change is shown at once, those that follow within
 * this time together.
 */
const SHOW_EVERY_MS = 32;

/** What the screens read of one channel. */
export interface ChannelStore {
  readonly client: ChannelClient;
  /** Null until the first snapshot is there. */
  readonly channel: ReadonlySignal<ChannelView | null>;
  readonly me: ReadonlySignal<ParticipantId | null>;
  /** In log order: Lamport timestamp, then id. */
  readonly entries: ReadonlySignal<readonly ShownItem[]>;
  /**
   * The history is being read for the first time, and what the Store had last stands at the end meanwhile. What the log has
   * before that is not shown yet, nothing is counted or marked as read, and nothing older can be had.
   */
  readonly previewing: ReadonlySignal<boolean>;
  /** There are older messages that `loadOlder` would bring. */
  readonly more: ReadonlySignal<boolean>;
  readonly loadingOlder: ReadonlySignal<boolean>;
  readonly participants: ReadonlySignal<ReadonlyMap<ParticipantId, ParticipantView>>;
  readonly unread: ReadonlySignal<number>;
  readonly status: ReadonlySignal<ChannelStatus>;
  /** Why the messages could not be read; null when all is well. */
  readonly problem: ReadonlySignal<unknown>;
  /** Called with each delivery update, after the signals show it. */
  onDelivery(listener: (updates: readonly DeliveryUpdate[]) => void): () => void;
  loadOlder(): Promise<void>;
  /** Takes a new snapshot after `problem`. */
  retry(): void;
  /** Everything up to this place was seen. Failing is harmless: the next call says it again. */
  markRead(upTo: LogPosition): void;
  /** Closes the client too. */
  close(): void;
}

export interface ChannelStoreOptions {
  readonly pageSize?: number;
  /** 0: every change of the log is shown at once. */
  readonly showEveryMs?: number;
  /** The end of the log from elsewhere, shown until the first snapshot is there; null when there is none. */
  readonly firstLook?: Promise<ChannelSnapshot | null>;
}

export function createChannelStore(client: ChannelClient, options: ChannelStoreOptions = {}): ChannelStore {
  const { pageSize = PAGE_SIZE, showEveryMs = SHOW_EVERY_MS } = options;
  const log = new ChannelLog();
  const channel = signal<ChannelView | null>(null);
  const me = signal<ParticipantId | null>(null);
  const entries = signal<readonly ShownItem[]>([]);
  const previewing = signal(false);
  const more = signal(false);
  const loadingOlder = signal(false);
  const participants = signal<ReadonlyMap<ParticipantId, ParticipantView>>(new Map());
  const unread = signal(0);
  const status = signal<ChannelStatus>(STATUS_NOT_KNOWN);
  const problem = signal<unknown>(null);
  const deliveryListeners = new Set<(updates: readonly DeliveryUpdate[]) => void>();

  let newestStored: readonly StoredView[] = [];
  let lastSeq = 0;
  /** A snapshot is there; what stands on screen before that cannot be followed or paged. */
  let isLive = false;
  let isClosed = false;
  /** Answers that belong to an earlier generation are dropped: the log was read anew since, or closed. */
  let generation = 0;
  let unsubscribe = (): void => {};
  let shownAt = Number.NEGATIVE_INFINITY;
  let showTimer: ReturnType<typeof setTimeout> | null = null;
  let unheard: DeliveryUpdate[] = [];

  const showLog = (): void => {
    if (showTimer !== null) clearTimeout(showTimer);
    showTimer = null;
    shownAt = performance.now();
    entries.value = log.entries();
    more.value = log.more;
    const updates = unheard;
    unheard = [];
    if (updates.length > 0) for (const listener of deliveryListeners) listener(updates);
  };

  const showLogSoon = (): void => {
    const wait = shownAt + showEveryMs - performance.now();
    if (wait <= 0) showLog();
    else showTimer ??= setTimeout(showLog, wait);
  };

  const show = (snapshot: ChannelSnapshot): void => {
    log.reset(snapshot.page);
    log.preview(newestStored);
    batch(() => {
      previewing.value = newestStored.length > 0;
      channel.value = snapshot.channel;
      me.value = snapshot.me;
      participants.value = new Map(snapshot.participants.map((participant) => [participant.id, participant]));
      unread.value = newestStored.length > 0 ? 0 : snapshot.unread;
      problem.value = null;
      loadingOlder.value = false;
      showLog();
    });
  };

  const takeSnapshot = (snapshot: ChannelSnapshot): void => {
    lastSeq = snapshot.seq;
    isLive = true;
    show(snapshot);
  };

  const showFirst = (look: ChannelSnapshot | null): void => {
    if (look !== null && !isLive && generation === 1) show(look);
  };

  const reload = async (): Promise<void> => {
    const current = ++generation;
    unsubscribe();
    unsubscribe = () => {};
    try {
      // After a gap it covers what was on screen, up to the largest page.
      const snapshot = await client.snapshot(Math.min(MAX_PAGE, Math.max(pageSize, entries.value.length)));
      if (current !== generation) return;
      takeSnapshot(snapshot);
      unsubscribe = client.subscribe(lastSeq, (event) => {
        if (current === generation) receive(event);
      });
    } catch (error) {
      if (current === generation) problem.value = error;
    }
  };

  const receive = (event: ChannelEvent): void => {
    if (event.kind === "reset" || event.seq > lastSeq + 1) {
      void reload();
      return;
    }
    if (event.seq <= lastSeq) return;
    lastSeq = event.seq;
    batch(() => apply(event));
  };

  const apply = (event: Exclude<ChannelEvent, { kind: "reset" }>): void => {
    switch (event.kind) {
      case "entry":
        // Thousands come while the past is read, and their place is not on screen.
        if (log.put(event.entry) || !previewing.value) showLogSoon();
        if (!previewing.value) unread.value = event.unread;
        return;
      case "delivery":
        log.updateDelivery(event.updates);
        unheard.push(...event.updates);
        showLogSoon();
        return;
      case "hole-closed":
        log.removeHole(event.id);
        showLogSoon();
        return;
      case "removed":
        log.remove(event.id);
        showLogSoon();
        return;
      case "participant":
        participants.value = new Map(participants.value).set(event.participant.id, event.participant);
        return;
      case "tick":
        return;
    }
  };

  const loadOlder = async (): Promise<void> => {
    const first = log.first();
    if (first === undefined || !isLive || previewing.value || !log.more || loadingOlder.value) return;
    const current = generation;
    loadingOlder.value = true;
    log.expectPage();
    try {
      const page = await client.page({ lamport: first.lamport, id: first.id }, pageSize);
      if (current !== generation) return;
      log.prepend(page);
      batch(() => {
        loadingOlder.value = false;
        showLog();
      });
    } catch (error) {
      if (current !== generation) return;
      log.pageFailed();
      batch(() => {
        loadingOlder.value = false;
        problem.value = error;
      });
    }
  };

  const preview = async (): Promise<void> => {
    // Failing, it is only not early.
    const found = await client.newestStored().catch(() => []);
    if (isClosed || status.value.reading === null || found.length === 0) return;
    newestStored = found;
    log.preview(found);
    batch(() => {
      previewing.value = true;
      unread.value = 0;
      showLog();
    });
  };

  const takeStatus = (next: ChannelStatus): void => {
    const before = status.value.reading;
    status.value = next;
    if (next.reading !== null && next.reading.newest > 0 && next.reading.newest !== before?.newest) void preview();
    if (next.reading !== null || newestStored.length === 0) return;
    // The log reaches up to its end: its newest page takes the place of what stood there, in one go.
    newestStored = [];
    void reload();
  };

  const stopStatus = client.watchStatus(takeStatus);
  void reload();
  // Failing, it is only not early.
  options.firstLook?.then(showFirst, () => {});

  return {
    client,
    channel,
    me,
    entries,
    previewing,
    more,
    loadingOlder,
    participants,
    unread,
    status,
    problem,
    onDelivery(listener) {
      deliveryListeners.add(listener);
      return () => deliveryListeners.delete(listener);
    },
    loadOlder,
    retry() {
      problem.value = null;
      void reload();
    },
    markRead(upTo) {
      if (previewing.value) return;
      client.markRead({ lamport: upTo.lamport, id: upTo.id }).then(
        () => {
          if (upTo.id === log.last()?.id) unread.value = 0;
        },
        () => {},
      );
    },
    close() {
      generation += 1;
      isClosed = true;
      unsubscribe();
      if (showTimer !== null) clearTimeout(showTimer);
      stopStatus();
      deliveryListeners.clear();
      client.close();
    },
  };
}
