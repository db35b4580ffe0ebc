/** What a page tells its worker, at first and whenever it changes: whether anybody can see it. */
export interface Attention {
  readonly isSeen: boolean;
}

/** The page's side. Returns what ends it. */
export function tellAttention(
  worker: { postMessage(message: Attention): void },
  page: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener"> = document,
): () => void {
  const tell = (): void => worker.postMessage({ isSeen: page.visibilityState === "visible" });
  tell();
  page.addEventListener("visibilitychange", tell);
  return () => page.removeEventListener("visibilitychange", tell);
}

/** The worker's side: what the page said last. A page that said nothing yet was just opened. */
export function hearAttention(page: Pick<EventTarget, "addEventListener">): () => boolean {
  let isSeen = true;
  page.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (isAttention(data)) ({ isSeen } = data);
  });
  return () => isSeen;
}

export function isAttention(message: unknown): message is Attention {
  return typeof message === "object" && message !== null && "isSeen" in message && typeof message.isSeen === "boolean";
}
