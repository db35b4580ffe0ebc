import { vi } from "vitest";
import { messagePort } from "../../src/bridge/ports/message-port.ts";
import { serveHost } from "../../src/bridge/server/serve-host.ts";
import type { ChannelHost } from "../../src/channel/api/channel-host.ts";
import { createChannelHost } from "../../src/channel/host/host.ts";
import { refusingHost } from "../../src/channel/host/refusing-host.ts";
import { createMemoryDisk, type MemoryDisk } from "../../src/storage/memory/memory-disk.ts";
import { createMemoryStorage } from "../../src/storage/memory/memory-storage.ts";
import { createLockSpace, type LockClient } from "../../src/storage/testing/lock-space.ts";
import { createMemoryNetwork } from "../../src/transport/memory/memory-network.ts";
import { type Attention, isAttention } from "../attention.ts";
import { holdWhileRunning, type WorkerStart } from "../worker-lock.ts";

/** What a tab has for itself. Its globals are in place while it is in front. */
export interface TabOfBrowser {
  readonly client: LockClient;
  readonly session: Storage;
  /** Workers that it started, in order. */
  readonly workers: readonly FakeWorker[];
  toFront(): void;
  /** The tab is closed, or its page goes away for a reload: its workers and locks go with it. */
  close(): Promise<void>;
}

/**
 * The browser around the demo: storages, Web Locks and dedicated workers, each as the standard has it. In a worker runs
 * what `participant.worker.ts` runs, on a disk and a network in memory.
 */
export interface Browser {
  readonly across: Storage;
  /** Waits that were asked of `AbortSignal.timeout`; each is over at once. */
  readonly waits: number[];
  /** From now on no worker can open its storage. */
  blockStorage(reason: Error): void;
  /** Workers that are started from now on run only when they are let go. */
  holdWorkers(): void;
  letWorkersGo(): void;
  /** A tab with an empty session, or a copy of one; `reloaded` as the browser tells of how it came about. */
  openTab(options?: { readonly session?: Storage; readonly reloaded?: boolean }): TabOfBrowser;
  readonly locks: LockManager;
  close(): Promise<void>;
}

export function createBrowser(): Browser {
  const space = createLockSpace();
  const network = createMemoryNetwork();
  const disks = new Map<string, MemoryDisk>();
  const across = createWebStorage();
  const waits: number[] = [];
  const tabs = new Set<TabOfBrowser>();
  let problem: Error | null = null;
  let letGo = (): void => {};
  let mayRun: Promise<void> = Promise.resolve();

  vi.stubGlobal("localStorage", across);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    waits.push(ms);
    const controller = new AbortController();
    // After the locks that are free were given out.
    setTimeout(() => setTimeout(() => controller.abort(new DOMException("Time is over.", "TimeoutError"))));
    return controller.signal;
  });

  function hostOf(participant: string): ChannelHost {
    if (problem !== null) return refusingHost(problem);
    const disk = disks.get(participant) ?? createMemoryDisk();
    disks.set(participant, disk);
    return createChannelHost({ storage: createMemoryStorage(disk), openTransport: () => network.transport() });
  }

  function openTab({
    session = createWebStorage(),
    reloaded = false,
  }: {
    readonly session?: Storage;
    readonly reloaded?: boolean;
  } = {}): TabOfBrowser {
    const client = space.client();
    const workers: FakeWorker[] = [];
    class TabWorker extends FakeWorker {
      constructor(_script: URL, options: WorkerOptions) {
        super(space.client(), options.name ?? "", hostOf, mayRun);
        workers.push(this);
      }
    }
    const tab: TabOfBrowser = {
      ...{ client, session, workers },
      toFront() {
        vi.stubGlobal("sessionStorage", session);
        vi.stubGlobal("navigator", { locks: client.locks, storage: { persisted: async () => true } });
        vi.stubGlobal("Worker", TabWorker);
        vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
        vi.spyOn(performance, "getEntriesByType").mockImplementation((kind) => {
          const entry = { type: reloaded ? "reload" : "navigate" } as unknown as PerformanceEntry;
          return kind === "navigation" ? [entry] : [];
        });
      },
      async close() {
        tabs.delete(tab);
        client.end();
        for (const worker of workers) worker.terminate();
        await Promise.all(workers.map(({ closed }) => closed));
      },
    };
    tabs.add(tab);
    tab.toFront();
    return tab;
  }

  return {
    ...{ across, waits, openTab },
    locks: space.client().locks,
    blockStorage(reason) {
      problem = reason;
    },
    holdWorkers() {
      mayRun = new Promise((resolve) => {
        letGo = resolve;
      });
    },
    letWorkersGo() {
      letGo();
      mayRun = Promise.resolve();
    },
    async close() {
      for (const tab of [...tabs]) await tab.close();
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    },
  };
}

/** A dedicated worker in this process, with locks of its own. */
export class FakeWorker extends EventTarget {
  readonly participant: string;
  isTerminated = false;
  /** When what ran in it has ended. */
  closed: Promise<void> = Promise.resolve();
  readonly #client: LockClient;
  readonly #hostOf: (participant: string) => ChannelHost;
  readonly #mayRun: Promise<void>;
  #running: ChannelHost | null = null;

  constructor(
    client: LockClient,
    participant: string,
    hostOf: (participant: string) => ChannelHost,
    mayRun: Promise<void>,
  ) {
    super();
    this.#mayRun = mayRun;
    this.participant = participant;
    this.#client = client;
    this.#hostOf = hostOf;
  }

  postMessage(message: WorkerStart | Attention): void {
    if (isAttention(message)) return;
    const { port, lock } = message;
    void this.#mayRun.then(() =>
      setTimeout(() => {
        if (this.isTerminated) return;
        const page = { postMessage: (data: unknown) => this.#tellPage(data) };
        holdWhileRunning(lock, page, this.#client.locks);
        const host = this.#hostOf(this.participant);
        serveHost(messagePort(port), host);
        this.#running = host;
      }),
    );
  }

  /** As a browser does: at once, without a word to anybody. */
  terminate(): void {
    if (this.isTerminated) return;
    this.isTerminated = true;
    this.#client.end();
    this.closed = this.#running?.close() ?? Promise.resolve();
  }

  /** The script could not be loaded (no words), or something in it threw. */
  fail(message: string | undefined): void {
    this.dispatchEvent(Object.assign(new Event("error"), { message }));
  }

  #tellPage(data: unknown): void {
    setTimeout(() => {
      if (!this.isTerminated) this.dispatchEvent(new MessageEvent("message", { data }));
    });
  }
}

/** `localStorage` or `sessionStorage`. */
export function createWebStorage(copied?: Storage): Storage {
  const items = new Map<string, string>();
  for (let index = 0; copied !== undefined && index < copied.length; index++) {
    const key = copied.key(index) ?? "";
    items.set(key, copied.getItem(key) ?? "");
  }
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, String(value)),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}
