import type { HistoryPage } from "../port.ts";

/**
 * The next page is not asked for ahead while one of more payload bytes is read. Chosen by memory: an answer has up to 4 MiB,
 * so 5 MiB are held at most, not 8. With less, pages of longer messages would be waited for; a hundred short ones have 80 kB.
 */
const MAX_READ_BYTES = 1024 * 1024;

/**
 * The same pages; while one is read the next one is on its way already, and never more than that. What fails ahead fails
 * when that page is asked for. Whoever stops reading asks for nothing more.
 */
export async function* oneAhead(pages: AsyncGenerator<HistoryPage>): AsyncGenerator<HistoryPage> {
  try {
    let next = pages.next();
    while (true) {
      const { done, value } = await next;
      if (done === true) return;
      const ahead = bytesOf(value) > MAX_READ_BYTES ? null : pages.next();
      ahead?.catch(() => {
        // Told to whoever asks for the page, which may be nobody.
      });
      yield value;
      next = ahead ?? pages.next();
    }
  } finally {
    // Not waited for: it ends behind the answer that is under way, and nobody needs that any more.
    pages.return(undefined).catch(() => {});
  }
}

function bytesOf({ frames }: HistoryPage): number {
  return frames.reduce((total, { payload }) => total + payload.length, 0);
}
