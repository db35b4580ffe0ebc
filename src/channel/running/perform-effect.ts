import type { HistoryReader } from "../receiving/history-reader.ts";
import type { Authoring } from "../sending/authoring.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { WrittenEffect } from "./step-runner.ts";

export interface Performers {
  readonly outbound: Pick<Outbound, "content" | "repair" | "sync">;
  readonly authoring: Pick<Authoring, "composeAnew">;
  readonly history: Pick<HistoryReader, "fetch">;
  readonly refuse: (reason: string) => void;
}

/** Hands to its part what a step wants done. Nobody waits for it: what comes of it is an input again, or nothing. */
export function performEffect({ outbound, authoring, history, refuse }: Performers, effect: WrittenEffect): void {
  switch (effect.kind) {
    case "send":
      void outbound.content(effect.id, effect.attempt);
      return;
    case "repair":
      void outbound.repair(effect.id);
      return;
    case "compose-anew":
      authoring.composeAnew(effect.ids, effect.voided);
      return;
    case "send-sync":
      void outbound.sync(effect.sync);
      return;
    case "fetch":
      history.fetch(effect.wanted);
      return;
    case "reject":
      refuse(effect.reason);
      return;
  }
}
