import { connectedNow, ledger, type StepContext } from "./channel-state.ts";
import { saveAtDisconnect } from "./clock/connected-time.ts";
import { askAgain } from "./holes/holes.ts";
import { hurryQueued } from "./outbox/outbox.ts";
import { dropAnswers } from "./repair/repair.ts";
import { startSyncing } from "./sync/sync.ts";

/** The transport can or cannot reach a service node. Everything that waited for it goes on at once. */
export function setConnection(ctx: StepContext, online: boolean): void {
  const { state, env } = ctx;
  const { connection } = state;
  if (connection.online === online) return;
  connection.accumulatedMs = connectedNow(state, env.now);
  connection.online = online;
  connection.since = env.now;
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
