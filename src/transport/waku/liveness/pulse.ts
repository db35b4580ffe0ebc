import type { Clock } from "../../../runtime/port.ts";

/**
 * Somebody looks: a dead link is pinged within this time and shown as being checked three seconds later. 45 kB an hour and
 * direction, with the headers of TCP and IP 150 kB.
 */
const ATTENDED_PING_MS = 4_000;
/** Nobody looks. Within what keeps a browser's service worker awake, which is data on a WebSocket every 20 s. */
const UNATTENDED_PING_MS = 15_000;
/** A question of another kind may take the other side a while; then a ping, which costs it nothing, tells whether it is there. */
const QUESTION_PING_MS = 1_000;
/** A mobile network that changes its cell answers within three seconds, mostly. */
const QUIET_AFTER_MS = 3_000;
/** While long answers come, a ping waits behind them; but not for ever: perhaps only what we say is lost. */
const ONE_WAY_LIMIT_MS = 30_000;
/** How soon it is seen that something came after all. */
const LOOK_AGAIN_MS = 500;
/** A timer that comes this much too late was held up, and so was what came from the network meanwhile. */
const LATE_MS = 1_000;

export interface PulseOptions {
  /** Rejects, or never resolves, when no answer comes. */
  readonly ping: () => Promise<void>;
  /** When anything last came over the connection; `undefined` if nobody knows. */
  readonly heardAt: () => number | undefined;
  /** A ping without an answer, and nothing else heard meanwhile, for this long: `onDead`, once. */
  readonly silenceLimitMs: number;
  readonly isAttended: () => boolean;
  readonly clock: Clock;
  /** After each change of `isQuiet`. */
  readonly onChange: () => void;
  readonly onDead: () => void;
}

/** Whether the other side of a connection is still there. */
export interface Pulse {
  /** A question has been without an answer for some seconds. */
  isQuiet(): boolean;
  /** Something that is to be answered went out. */
  asked(): void;
  stop(): void;
}

/** Starts at once. */
export function createPulse(options: PulseOptions): Pulse {
  const { ping, heardAt, silenceLimitMs, isAttended, clock, onChange, onDead } = options;
  let answeredAt = clock.now();
  let askedAt: number | undefined;
  /** Of the ping that is under way. */
  let pingedAt: number | undefined;
  let quiet = false;
  let stopped = false;
  let cancelTimer = (): void => undefined;
  let plannedAt = 0;

  /** By a clock that was set back since, nobody knows. */
  function lastHeard(now: number): number {
    const heard = Math.max(answeredAt, heardAt() ?? 0);
    return heard > now ? 0 : heard;
  }

  function plan(ms: number): void {
    cancelTimer();
    if (stopped) return;
    plannedAt = clock.now() + ms;
    cancelTimer = clock.schedule(ms, look);
  }

  function look(): void {
    const now = clock.now();
    const lateMs = now - plannedAt;
    const heard = lastHeard(now);
    if (askedAt !== undefined && heard >= askedAt) askedAt = undefined;
    if (pingedAt !== undefined) {
      // What waited at the socket meanwhile is read only after this.
      if (lateMs > LATE_MS) pingedAt += lateMs;
      pingedAt = Math.min(pingedAt, now);
      wait(now, pingedAt, heard);
      return;
    }
    const pauseMs = isAttended() ? ATTENDED_PING_MS : UNATTENDED_PING_MS;
    const dueAt = Math.min(
      heard + pauseMs,
      askedAt === undefined ? Number.POSITIVE_INFINITY : askedAt + QUESTION_PING_MS,
    );
    // Somebody may come to look meanwhile.
    if (now < dueAt) plan(Math.min(dueAt - now, ATTENDED_PING_MS));
    else send(now);
  }

  function send(now: number): void {
    pingedAt = now;
    plan(QUIET_AFTER_MS);
    ping().then(answered, failed);
  }

  function answered(): void {
    answeredAt = clock.now();
    pingedAt = undefined;
    setQuiet(false);
    plan(ATTENDED_PING_MS);
  }

  /** Mostly the other side has closed the stream of the pings, and so it is there. Otherwise the time goes on. */
  function failed(): void {
    if (pingedAt !== undefined && lastHeard(clock.now()) >= pingedAt) answered();
  }

  function wait(now: number, since: number, heard: number): void {
    const silentMs = now - Math.max(since, heard);
    if (silentMs >= silenceLimitMs || now - since >= ONE_WAY_LIMIT_MS) {
      stop();
      onDead();
      return;
    }
    setQuiet(silentMs >= QUIET_AFTER_MS);
    const nextMs = quiet ? Math.min(silenceLimitMs - silentMs, LOOK_AGAIN_MS) : QUIET_AFTER_MS - silentMs;
    plan(Math.min(nextMs, since + ONE_WAY_LIMIT_MS - now));
  }

  function setQuiet(next: boolean): void {
    if (quiet === next || stopped) return;
    quiet = next;
    onChange();
  }

  function stop(): void {
    stopped = true;
    cancelTimer();
  }

  plan(0);
  return {
    isQuiet: () => quiet && !stopped,
    asked: () => {
      if (stopped || askedAt !== undefined) return;
      askedAt = clock.now();
      if (pingedAt === undefined) plan(Math.min(QUESTION_PING_MS, Math.max(0, plannedAt - clock.now())));
    },
    stop,
  };
}
