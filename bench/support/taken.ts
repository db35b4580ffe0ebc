import type { ChannelClient } from "../../src/channel/api/channel-client.ts";

/** Own chat messages of a channel that a service node took. */
export interface Taken {
  /** Resolves when there are so many. */
  all(count: number): Promise<void>;
}

const ON_THE_WAY: ReadonlySet<string> = new Set(["queued", "waiting", "sending"]);

export function createTaken(client: ChannelClient): Taken {
  const own = new Set<string>();
  const taken = new Set<string>();
  let wanted = Number.POSITIVE_INFINITY;
  let resolveWanted = (): void => {};

  client.subscribe(0, (event) => {
    if (event.kind === "reset") throw new Error("The count was lost.");
    if (event.kind === "entry" && event.entry.kind === "message" && event.entry.type === "chat")
      own.add(event.entry.id);
    if (event.kind !== "delivery") return;
    for (const { id, delivery } of event.updates) {
      if (own.has(id) && !ON_THE_WAY.has(delivery.state.kind)) taken.add(id);
      if (delivery.state.kind === "failed") throw new Error(`Not taken: ${delivery.state.reason}`);
    }
    if (taken.size >= wanted) resolveWanted();
  });

  return {
    all: (count) =>
      new Promise((resolve) => {
        wanted = count;
        resolveWanted = resolve;
        if (taken.size >= count) resolve();
      }),
  };
}
