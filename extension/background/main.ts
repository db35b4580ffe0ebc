import { runtimePort } from "../../src/bridge/ports/runtime-port.ts";
import { extensionApi } from "../platform/api.ts";
import { BRIDGE_PORT, channelFragment, TAB_PAGE } from "../platform/names.ts";
import { createToolbarButton, totalUnread } from "./badge.ts";
import { createHostKeeper } from "./host-keeper.ts";
import { createKeepAlive } from "./keep-alive.ts";
import { createNotifier } from "./notifications.ts";
import { openHost } from "./open-host.ts";
import { watchAllChannels } from "./watch-channels.ts";

/**
 * The background worker: Chrome's service worker, Firefox's event page. It may be stopped at any instant and started for
 * any event, so everything below runs to its end synchronously: a listener added later would miss the event that
 * started the worker.
 */
const { runtime, alarms, notifications, tabs, i18n } = extensionApi;

const button = createToolbarButton();

const keepAlive = createKeepAlive({
  touch: () => runtime.getPlatformInfo(),
  createAlarm: (name, periodInMinutes) => alarms.create(name, { periodInMinutes }),
  clearAlarm: (name) => alarms.clear(name),
  setInterval(callback, ms) {
    const timer = setInterval(callback, ms);
    return () => clearInterval(timer);
  },
});

const notifier = createNotifier({
  show: (channel, { title, message }) =>
    void notifications.create(channel, { type: "basic", iconUrl: "/icons/icon-128.png", title, message }),
  clear: (channel) => void notifications.clear(channel),
  isViewOpen: () => keeper.openViews > 0,
  words: {
    one: (author, channel) => i18n.getMessage("notificationTitle", [author, channel]),
    many: (count, channel) => i18n.getMessage("notificationMany", [`${count}`, channel]),
    someone: i18n.getMessage("someone"),
  },
  schedule: (ms, callback) => void setTimeout(callback, ms),
});

const keeper = createHostKeeper({
  open: () => openHost(() => keeper.openViews > 0),
  watch: (host, onBroken) =>
    watchAllChannels(host, {
      onChannels(channels) {
        keepAlive.setNeeded(channels.length > 0);
        button.setUnread(totalUnread(channels));
        notifier.onChannels(channels);
      },
      onNewMessage: (message) => notifier.onNewMessage(message),
      onOnline: (online) => button.setOnline(online),
      onStorageProblem: onBroken,
    }),
  onViews: (open) => {
    if (open > 0) notifier.onViewOpened();
  },
});

runtime.onConnect.addListener((port) => {
  // Web pages reach this through content scripts only, and those get another name and fewer rights.
  const isOwnPage = port.sender?.id === runtime.id && port.sender.url?.startsWith(runtime.getURL("")) === true;
  if (port.name === BRIDGE_PORT && isOwnPage) keeper.serve(runtimePort(port));
  else port.disconnect();
});

// These have to be there: the browser starts the worker for them. The alarm also gets over a storage that failed.
runtime.onStartup.addListener(() => keeper.start());
runtime.onInstalled.addListener(() => keeper.start());
alarms.onAlarm.addListener(() => keeper.start());

notifications.onClicked.addListener((channel) => {
  void notifications.clear(channel);
  void tabs.create({ url: runtime.getURL(TAB_PAGE) + channelFragment(channel) });
});

keeper.start();
