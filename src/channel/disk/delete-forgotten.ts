import type { Change } from "../../sds/io/records.ts";
import type { CommitQueue } from "./commit-queue.ts";

/** Rows at a time: one transaction for all of a long history would hold up every other commit. */
const BATCH = 1_000;

/**
 * Deletes rows of which the channel knows already that they are of no use, one batch after the other and in their order,
 * beside what it does meanwhile. What a crash leaves goes at the next start. Never rejects: a queue that fails says so itself.
 */
export async function deleteForgotten(
  commits: Pick<CommitQueue, "commit">,
  deletions: readonly Change[],
  isClosed: () => boolean,
): Promise<void> {
  try {
    //= protocol: STATE-6
    for (let start = 0; start < deletions.length && !isClosed(); start += BATCH) {
      await commits.commit(deletions.slice(start, start + BATCH), "relaxed");
    }
  } catch {
    // The channel has stopped.
  }
}
