import type { ChannelContext } from "./channel-state.ts";
import { noteConnection } from "./clock/connected-time.ts";
import { saveAtDisconnect } from "./clock/save-connected-time.ts";
import { askAgain } from "./holes/holes.ts";
import { ledger } from "./io/step-context.ts";
import { hurryQueued } from "./outbox/outbox.ts";
import { dropAnswers } from "./repair/repair.ts";
import { startSyncing } from "./sync/sync.ts";

/** The transport can or cannot reach a service node. Everything that waited for it goes on at once. */
export function setConnection(ctx: ChannelContext, online: boolean): void {
  const { state, env } = ctx;
  if (!noteConnection(ctx, online)) return;
  if (!online) saveAtDisconnect(ctx);
  ledger(ctx, [], { kind: "connected", online });
  if (!online) {
    dropAnswers(state);
    return;
  }
  hurryQueued(state, env.now);
  askAgain(state, env.now);
  startSyncing(ctx);
}
