/** Chrome stops a worker after 30 s without an event or API call of its own, Firefox an event page too. */
export const TOUCH_EVERY_MS = 20_000;
/** The least that Chrome accepts. Starts the worker again if it was stopped all the same. */
export const ALARM_MINUTES = 0.5;
export const ALARM_NAME = "hearback-alive";

export interface KeepAliveApi {
  /** Any call of the extension API resets the browser's idle timer. */
  touch(): Promise<unknown>;
  createAlarm(name: string, periodInMinutes: number): Promise<void>;
  clearAlarm(name: string): Promise<unknown>;
  setInterval(callback: () => void, ms: number): () => void;
}

export interface KeepAlive {
  /** Whether there is a channel to stay awake for. */
  setNeeded(needed: boolean): void;
}

/**
 * Keeps the worker running while channels are joined. The alarm is made anew at every boot, before anything is known of
 * the channels: browsers may lose alarms at a restart, and a worker killed while it boots must come back.
 */
export function createKeepAlive(api: KeepAliveApi): KeepAlive {
  let stopTouching: (() => void) | null = null;
  const ignore = (): void => {};

  const createAlarm = (): void => void api.createAlarm(ALARM_NAME, ALARM_MINUTES).catch(ignore);

  createAlarm();
  return {
    setNeeded(needed) {
      if (needed && stopTouching === null) {
        stopTouching = api.setInterval(() => void api.touch().catch(ignore), TOUCH_EVERY_MS);
        createAlarm();
      }
      if (!needed) {
        stopTouching?.();
        stopTouching = null;
        void api.clearAlarm(ALARM_NAME).catch(ignore);
      }
    },
  };
}
