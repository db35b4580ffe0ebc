/** What the page itself counts, in ms since the start of its navigation; -1: not yet. */
export interface PageTimes {
  /** Until the newest message stood there. */
  shownMs: number;
  /** Until a message that was sent as soon as that could be done had left the composer: it is on disk. */
  durableMs: number;
  /** Until the page said "Connected". */
  connectedMs: number;
}

/**
 * Runs in the page before its own scripts, so without named functions: their helper is not there. `newest`: what the last message
 * says. As soon as there is a composer a message is sent.
 */
export function watchPage({ newest, first }: { readonly newest: string; readonly first: string }): void {
  const times: PageTimes = { shownMs: -1, durableMs: -1, connectedMs: -1 };
  Object.assign(globalThis, { pageTimes: times });
  let sentAt = -1;
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (times.connectedMs < 0 && document.querySelector("[data-connection=online]") !== null) times.connectedMs = now;
    if (times.shownMs < 0) {
      const rows = document.querySelectorAll("[data-message-id]");
      if (rows[rows.length - 1]?.textContent?.includes(newest)) times.shownMs = now;
    }
    const field = document.querySelector<HTMLTextAreaElement>("textarea.composer-field");
    if (sentAt >= 0 || field === null || times.shownMs < 0) return;
    sentAt = now;
    setTimeout(() => {
      const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;
      set?.call(field, first);
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      field.form?.requestSubmit();
      const timer = setInterval(() => {
        if (document.querySelector<HTMLTextAreaElement>("textarea.composer-field")?.value !== "") return;
        clearInterval(timer);
        times.durableMs = performance.now();
      }, 4);
    });
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true });
}

/**
 * Sends so many messages one after the other. Runs in the page as well: methods need no helper.
 *
 * Returns how many ms each took until the composer let go of it.
 */
export async function sendMany({ count, text }: { readonly count: number; readonly text: string }): Promise<number[]> {
  const field = document.querySelector<HTMLTextAreaElement>("textarea.composer-field");
  const native = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value");
  if (field === null || native === undefined) throw new Error("There is no composer.");
  const took: number[] = [];
  for (let number = 1; number <= count; number++) {
    native.set?.call(field, `${text} ${number}.`);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    // What the last one still brings is done.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    await new Promise<void>((resolve) => {
      Object.defineProperty(field, "value", {
        configurable: true,
        get() {
          return native.get?.call(field);
        },
        set(value) {
          native.set?.call(field, value);
          if (value === "") resolve();
        },
      });
      field.form?.requestSubmit();
    });
    took.push(performance.now() - began);
    Reflect.deleteProperty(field, "value");
  }
  return took;
}

/** Resolves with the time, in ms since the epoch, at which a message that says this stands there. */
export function untilShown(text: string): Promise<number> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const rows = [...document.querySelectorAll("[data-message-id]")].slice(-20);
      if (!rows.some((row) => row.textContent?.includes(text))) return;
      clearInterval(timer);
      resolve(Date.now());
    }, 10);
  });
}
