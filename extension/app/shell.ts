import { type ReadonlySignal, signal } from "@preact/signals";
import { connectHost } from "../../src/bridge/client/connect-host.ts";
import { runtimePort } from "../../src/bridge/ports/runtime-port.ts";
import type { ChannelSnapshot } from "../../src/channel/api/channel-client.ts";
import type { ChannelHost, ChannelSummary } from "../../src/channel/api/channel-host.ts";
import type { ChannelId } from "../../src/sds/wire/ids.ts";
import type { Entrance } from "../../src/ui/screens/entrance.ts";
import { extensionApi } from "../platform/api.ts";
import { BRIDGE_PORT, channelFragment } from "../platform/names.ts";
import { draftsOf } from "./drafts.ts";
import { lookFirst } from "./first-look.ts";
import { readText, writeText } from "./page-storage.ts";
import { channelOfAddress, type ViewKind } from "./views.ts";

/** What stands in the main part of the page; the list of channels stands beside it where there is room. */
export type Screen =
  | { readonly kind: "home" }
  | { readonly kind: "create" }
  | { readonly kind: "join" }
  | { readonly kind: "channel"; readonly id: ChannelId };

const NAME_KEY = "hearback.name";
const LAST_CHANNEL_KEY = "hearback.last-channel";

/** One page of the extension: its connection to the worker, the channels, and what it shows. */
export class Shell implements Entrance {
  readonly view: ViewKind;
  readonly host: ChannelHost;
  readonly #screen = signal<Screen>({ kind: "home" });
  readonly #channels = signal<readonly ChannelSummary[] | null>(null);
  readonly #stopped = signal(false);
  readonly #problem = signal<unknown>(null);
  #firstLook: { readonly id: ChannelId; readonly look: Promise<ChannelSnapshot | null> } | null = null;

  constructor(view: ViewKind) {
    this.view = view;
    const wanted = view === "tab" ? channelOfAddress(location.hash) : readText(LAST_CHANNEL_KEY);
    if (wanted !== null && wanted !== "") {
      const id = wanted as ChannelId;
      this.#screen.value = { kind: "channel", id };
      // Before anything else, as the worker may have to be started.
      this.#firstLook = { id, look: lookFirst(id) };
    }
    this.host = connectHost(() => runtimePort(extensionApi.runtime.connect({ name: BRIDGE_PORT })), {
      onState: ({ kind }) => {
        if (kind === "lost" || kind === "incompatible") this.#stopped.value = true;
      },
    });
    this.host.watchChannels((channels) => this.#onChannels(channels));
    // The list comes by the subscription; why it cannot be read comes by this.
    this.host.channels().catch((problem: unknown) => {
      this.#problem.value = problem;
    });
    if (view === "tab") addEventListener("hashchange", () => this.#followAddress());
  }

  get screen(): ReadonlySignal<Screen> {
    return this.#screen;
  }

  /** Null until the first list is there. */
  get channels(): ReadonlySignal<readonly ChannelSummary[] | null> {
    return this.#channels;
  }

  /** The worker cannot be reached any more. */
  get stopped(): ReadonlySignal<boolean> {
    return this.#stopped;
  }

  /** Why the channels could not be read; null when all is well. */
  get problem(): ReadonlySignal<unknown> {
    return this.#problem;
  }

  get name(): string {
    return readText(NAME_KEY);
  }

  async entered(channel: ChannelSummary, displayName: string): Promise<void> {
    writeText(NAME_KEY, displayName);
    this.openChannel(channel);
  }

  /** The end of a channel's log, until the worker tells more. */
  firstLook(id: ChannelId): Promise<ChannelSnapshot | null> {
    const begun = this.#firstLook;
    this.#firstLook = null;
    return begun?.id === id ? begun.look : lookFirst(id);
  }

  openChannel({ id }: Pick<ChannelSummary, "id">): void {
    this.show({ kind: "channel", id });
  }

  show(screen: Screen): void {
    this.#screen.value = screen;
    const channel = screen.kind === "channel" ? screen.id : "";
    if (this.view !== "tab") writeText(LAST_CHANNEL_KEY, channel);
    else history.replaceState(null, "", channel === "" ? location.pathname : channelFragment(channel));
  }

  async leave(channel: ChannelId): Promise<void> {
    await this.host.leave(channel);
    draftsOf(channel).forget();
    this.show({ kind: "home" });
  }

  #onChannels(channels: readonly ChannelSummary[]): void {
    this.#channels.value = channels;
    this.#problem.value = null;
    const screen = this.#screen.value;
    // It was left in another view, or the address names one that this device does not have.
    const isGone = screen.kind === "channel" && !channels.some(({ id }) => id === screen.id);
    if (isGone) this.show({ kind: "home" });
  }

  #followAddress(): void {
    const channel = channelOfAddress(location.hash);
    this.#screen.value = channel === null ? { kind: "home" } : { kind: "channel", id: channel as ChannelId };
  }
}
