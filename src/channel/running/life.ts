import { ChannelError } from "../api/channel-client.ts";

/** Whether the channel still takes anything in and lets anything out: it runs, it stopped because something failed, or it was closed. */
export interface Life {
  isClosed(): boolean;
  /** Aborted when it is closed, or whoever has the channel is about to close it: nothing is to be waited for any more. */
  readonly ending: AbortSignal;
  /** Why it stopped; null as long as nothing failed. */
  problem(): ChannelError | null;
  /** Throws the reason why nothing is taken any more. */
  assertRuns(): void;
  /** Nothing is accepted or published any more. Only the first reason counts, and only it is told. */
  stop(reason: ChannelError): void;
  /** Called once, when it stops. */
  onStop(listener: () => void): void;
  close(): void;
}

/** What is to be done when a signal is aborted, over one listener of it: engines take more than ten for a leak, and say so. */
const followers = new WeakMap<AbortSignal, Set<() => void>>();

/** Returns what ends that. */
function followAbort(signal: AbortSignal, follow: () => void): () => void {
  const all = followers.get(signal) ?? new Set();
  if (!followers.has(signal)) {
    followers.set(signal, all);
    signal.addEventListener("abort", () => {
      for (const each of [...all]) each();
    });
  }
  all.add(follow);
  return () => all.delete(follow);
}

/** `hostEnding`: aborted when whoever has the channel ends; it may have many channels. */
export function createLife(hostEnding?: AbortSignal): Life {
  const listeners = new Set<() => void>();
  let problem: ChannelError | null = null;
  let closed = false;
  const ending = new AbortController();
  const end = () => ending.abort();
  if (hostEnding?.aborted === true) end();
  const unfollow = hostEnding === undefined ? () => {} : followAbort(hostEnding, end);

  return {
    isClosed: () => closed,
    ending: ending.signal,
    problem: () => problem,
    assertRuns: () => {
      if (closed) throw new ChannelError("closed", "The channel is closed.");
      if (problem !== null) throw problem;
    },
    stop: (reason) => {
      if (problem !== null) return;
      problem = reason;
      for (const listener of listeners) listener();
    },
    onStop: (listener) => void listeners.add(listener),
    close: () => {
      closed = true;
      unfollow();
      end();
    },
  };
}

/** The disk did not take what was to be written. */
export function storageProblem(cause: unknown): ChannelError {
  const words = cause instanceof Error ? cause.message : "This device could not save the channel.";
  return new ChannelError("storage", words, { cause });
}

/** A step that throws may have changed half of the state: only what is written can be trusted. */
export function ownMistake(cause: unknown): ChannelError {
  const words = "Hearback made a mistake in this channel and stopped it. Reload: everything accepted is saved.";
  return new ChannelError("internal", words, { cause });
}
