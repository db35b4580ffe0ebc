import { contentTopicOf } from "../identity/secrecy/content-topic.ts";
import type { Environment } from "../sds/io/step-context.ts";
import { historyCursorOf } from "../sds/receive/history-cursors.ts";
import { beginRestore } from "../sds/restore.ts";
import { nextWakeAt } from "../sds/schedules.ts";
import { step } from "../sds/step.ts";
import type { EphemeralView, ReadingView } from "./api/channel-client.ts";
import { createBodyCache } from "./disk/body-cache.ts";
import { deleteForgotten } from "./disk/delete-forgotten.ts";
import { createDiskSpace } from "./disk/disk-space.ts";
import { createOldRows } from "./disk/old-rows.ts";
import { createOldTexts } from "./disk/old-texts.ts";
import { createChannelClock } from "./receiving/channel-clock.ts";
import { createFirstRead } from "./receiving/first-read.ts";
import { markHistoryRead } from "./receiving/history-mark.ts";
import { createNewestPage } from "./receiving/newest-page.ts";
import { CHANNEL_PARTS, type ChannelParts } from "./running/channel-parts.ts";
import { channelStatus } from "./running/channel-status.ts";
import { correctClock } from "./running/correct-clock.ts";
import { connectionOf, followConnection } from "./running/follow-connection.ts";
import { createLife, storageProblem } from "./running/life.ts";
import { performEffect } from "./running/perform-effect.ts";
import type { Channel, ChannelOptions } from "./running/running-channel.ts";
import { createStepChecks } from "./running/step-checks.ts";
import { createWakeTimer } from "./running/wake-timer.ts";
import { createAuthoring } from "./sending/authoring.ts";
import { createEphemeralSender } from "./sending/ephemeral-sender.ts";
import { createListeners } from "./views/listeners.ts";
import { createStatusBoard } from "./views/status-board.ts";

export type { ChannelParts } from "./running/channel-parts.ts";
export type { Channel, ChannelOptions } from "./running/running-channel.ts";

/** Boots the channel from storage, without waiting for the network, and lets it run. */
export async function openChannel(options: ChannelOptions, replaced: Partial<ChannelParts> = {}): Promise<Channel> {
  const { identity, key, signer, storage, transport, random } = options;
  const { channelId, self } = identity;
  const parts = { ...CHANNEL_PARTS, ...replaced };
  const contentTopic = contentTopicOf(key);
  let correctionMs = 0;
  const restoring = await storage.read(channelId, (besides) => {
    correctionMs = besides.meta.clockCorrectionMs ?? 0;
    return beginRestore(identity, besides);
  });
  const clock = createChannelClock(options.clock, correctionMs);
  let intakeLagMs = (): number => 0;
  const environment = (): Environment => ({
    ...{ now: clock.now(), intakeLagMs: intakeLagMs(), random: () => random.next() },
  });
  const { state, changes, deletions } = restoring.finish(environment(), { maxHistory: options.maxHistory });

  const life = createLife(options.ending);
  const { isClosed, ending } = life;
  const bodies = createBodyCache(storage, channelId);
  const space = options.space ?? createDiskSpace(clock);
  const keepTexts = space.offer(createOldTexts({ state, storage, bodies }), createOldRows(state, storage));
  const commits = parts.createCommitQueue({
    ...{ storage, channel: channelId, space, ending },
    bodiesSince: () => state.holes.bodiesSince,
    detailsSince: () => state.holes.detailsSince,
    onFailure: (error) => life.stop(storageProblem(error)),
  });
  const fold = parts.createLedgerFold({ state, storage, commits, clock });
  const events = parts.createEventLog({ state, storage, bodies, now: clock.now, initialSeq: state.ledger.seq });
  const connection = connectionOf(transport, contentTopic);
  let reading = (): ReadingView | null => null;
  let historyTrouble = (): string => "";
  const status = createStatusBoard(() =>
    channelStatus({ state, transport: connection, clock, life, reading: reading(), historyTrouble: historyTrouble() }),
  );
  const refusals = new Map<string, number>();
  const refuse = (reason: string): void => void refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
  const readListeners = createListeners<void>();
  const ephemeralListeners = createListeners<EphemeralView>();
  const counts = { ephemeral: 0 };

  const checks = createStepChecks(state);
  const runner = parts.createStepRunner({
    life,
    step: (input) => {
      clock.notice();
      if (input.kind === "composed") clock.said(input.content.id);
      if (input.kind === "composed-anew") for (const { id } of input.contents) clock.said(id);
      const [env, seqBefore] = [environment(), state.ledger.seq];
      const effects = step(state, input, env);
      checks.after(effects, seqBefore, env.now);
      return effects;
    },
    commit: (changed, durability) => {
      bodies.apply(changed);
      return commits.commit(changed, durability);
    },
    publish: (rows) => {
      events.publish(rows);
      fold.note(rows);
    },
  });
  const { dispatch, tell } = runner;
  const wakes = createWakeTimer({
    ...{ clock, nextAt: (now) => nextWakeAt(state, now), wake: () => tell({ kind: "wake" }) },
  });
  const intake = parts.createIntake({
    ...{ state, key, clock, bodies, commits, dispatch: tell, refuse, onLiveSync: clock.hear },
    deviceNow: () => clock.now() - clock.correctionMs(),
    onEphemeral: (message) => {
      counts.ephemeral++;
      ephemeralListeners.tell(message);
    },
  });
  intakeLagMs = intake.lagMs;
  const firstRead = createFirstRead({
    ...{ clock, page: createNewestPage({ state, key, clock, transport }), messages: () => state.log.order.size },
    onChange: () => status.refresh(),
  });
  reading = firstRead.status;
  const history = parts.createHistoryReader({
    ...{
      transport,
      contentTopic,
      clock,
      first: firstRead,
      cursor: (source) => historyCursorOf(state, source),
      lastReadAt: () => state.receive.historyCursor,
      messages: () => state.log.entries.size,
      isHeld: intake.isHeld,
    },
    onFrames: intake.fromStore,
    onTrouble: () => status.refresh(),
    onRead: (startedAt, source) => {
      markHistoryRead({ state, intake, dispatch }, startedAt, source).catch(() => {});
    },
  });
  historyTrouble = history.trouble;
  const author = { channelId, self, signer };
  const outbound = parts.createOutbound({
    ...{ author, key, contentTopic, transport, clock, bodies, isKept: history.isKept, report: tell },
  });
  const authoring = createAuthoring({ state, author, bodies, environment, dispatch });
  const sendEphemeral = createEphemeralSender({ state, author, clock, dispatch, publish: outbound.ephemeral });

  runner.start({
    onStepped: wakes.plan,
    perform: (effect) => performEffect({ outbound, authoring, history, refuse }, effect),
    onDone: (input) => {
      if (input.kind === "marked-read") readListeners.tell();
      status.refresh();
    },
  });
  life.onStop(() => {
    // What it counts as held by its newest messages may not be on disk.
    keepTexts();
    fold.close();
    wakes.close();
    history.close();
    firstRead.close();
    outbound.close();
    intake.close();
    status.refresh();
  });

  await commits.commit(changes, "strict").catch((error: unknown) => {
    life.close();
    throw error;
  });
  void deleteForgotten(commits, deletions, isClosed);
  const unsubscribe = transport.subscribe(contentTopic, intake.live);
  const stopFollowing = followConnection({
    ...{
      transport: connection,
      tell,
      history,
      wasOnline: () => state.clock.connection.online,
      onHealth: status.refresh,
    },
  });
  wakes.plan();

  async function close(): Promise<void> {
    life.close();
    unsubscribe();
    stopFollowing();
    history.close();
    firstRead.close();
    fold.close();
    wakes.close();
    outbound.close();
    intake.close();
    await commits.idle();
    keepTexts();
    status.refresh();
    events.close();
  }

  let closing: Promise<void> | null = null;
  return {
    ...{ state, bodies, events, status, refusals, counts, now: clock.now, isClosed, sendEphemeral, dispatch },
    newestStored: firstRead.newest,
    send: authoring.send,
    watchEphemeral: ephemeralListeners.add,
    remove: (id) => authoring.takeBack("withdraw", id),
    stopSending: (id) => authoring.takeBack("stop-sending", id),
    currentId: authoring.currentId,
    correctClock: (correctionMs) => correctClock({ clock, life, dispatch }, correctionMs),
    onRead: readListeners.add,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
