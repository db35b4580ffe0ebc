import type { CDPSession, Page } from "playwright";

/** Often enough to see what a start holds for some hundred messages at a time, which it takes in between looks. */
const EVERY_MS = 50;

/**
 * The most that the heap of a worker of the page had in use, in MB, as often as it came to say so. Begin before the page is opened.
 * Chromium only: it asks by the devtools.
 */
export async function watchWorkerHeap(page: Page): Promise<() => number | null> {
  const devtools = await page.context().newCDPSession(page);
  let peak: number | null = null;
  devtools.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { result } = JSON.parse(message) as { readonly result?: { readonly usedSize?: number } };
    if (result?.usedSize !== undefined) peak = Math.max(peak ?? 0, result.usedSize / 1e6);
  });
  const timers = new Map<string, ReturnType<typeof setInterval>>();
  devtools.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker")
      timers.set(
        sessionId,
        setInterval(() => ask(devtools, sessionId), EVERY_MS),
      );
  });
  devtools.on("Target.detachedFromTarget", ({ sessionId }) => clearInterval(timers.get(sessionId)));
  // Not in one session with the page's own: the answers come as text then, whoever asked.
  await devtools.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return () => {
    for (const timer of timers.values()) clearInterval(timer);
    return peak;
  };
}

function ask(devtools: CDPSession, sessionId: string): void {
  const message = JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" });
  devtools.send("Target.sendMessageToTarget", { sessionId, message }).catch(() => {
    // It has ended.
  });
}
