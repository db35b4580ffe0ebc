import { signal } from "@preact/signals";
import type { ChannelSnapshot } from "../src/channel/api/channel-client.ts";
import type { ChannelHost, ChannelSummary } from "../src/channel/api/channel-host.ts";
import { asChannelId, type ChannelId } from "../src/sds/wire/ids.ts";
import { type Claim, claimForTab, claimParticipant, wasReloaded } from "./claim.ts";
import { draftsOf } from "./drafts.ts";
import { lookFirst } from "./first-look.ts";
import { type ParticipantHost, startParticipant } from "./participant-host.ts";
import {
  forgetParticipant,
  type KnownParticipant,
  knownParticipants,
  rememberParticipant,
} from "./participants-of-browser.ts";
import { askForLastingStorage, checkLastingStorage } from "./storage-promise.ts";
import { loadTabSession, saveTabSession } from "./tab-session.ts";

/** What the tab shows. */
export type Screen =
  | { readonly kind: "starting" }
  /** `problem`: why the participant's channels could not be read. */
  | { readonly kind: "start"; readonly channels: readonly ChannelSummary[]; readonly problem: unknown }
  | { readonly kind: "join"; readonly invite: string; readonly duplicateOf: string | null }
  | { readonly kind: "channel"; readonly id: ChannelId };

/** One tab: which participant it is, its worker, and its screen. */
export class Tab {
  readonly screen = signal<Screen>({ kind: "starting" });
  readonly stopped = signal(false);
  #claim: Claim;
  #running: ParticipantHost | null = null;
  /** What was seen of the channel with which the tab began. */
  #seen: ChannelSnapshot | null = null;

  private constructor(claim: Claim) {
    this.#claim = claim;
  }

  /** `invite`: from the link with which the tab was opened. */
  static async open(invite: string | null): Promise<Tab> {
    const session = loadTabSession();
    const claim = await claimForTab(session?.participant ?? null, wasReloaded());
    const tab = new Tab(claim);
    if (claim.fresh) {
      // A link says more about what is wanted than the tab that this one was copied from.
      const wanted = invite ?? (claim.duplicateOf === null ? null : (session?.invite ?? null));
      if (wanted !== null) tab.showInvite(wanted, invite === null ? claim.duplicateOf : null);
      else await tab.showStart();
      return tab;
    }
    if (invite !== null) tab.showInvite(invite);
    else if (session?.channel === null && session.invite !== null) tab.showInvite(session.invite);
    else await tab.#resume(session?.channel ?? null, session?.invite ?? null);
    return tab;
  }

  get participant(): string {
    return this.#claim.participant;
  }

  /** The name under which this participant joined last; empty for somebody new. */
  get name(): string {
    return knownParticipants().find((known) => known.id === this.participant)?.name ?? "";
  }

  /** Starts the worker when it is first needed. */
  get host(): ChannelHost {
    this.#running ??= startParticipant(this.participant, () => {
      this.stopped.value = true;
    });
    return this.#running.host;
  }

  showInvite(invite: string, duplicateOf: string | null = null): void {
    // The address bar does not hold it any more; a reload would lose it.
    saveTabSession({ participant: this.participant, channel: null, invite });
    this.screen.value = { kind: "join", invite, duplicateOf };
  }

  async showStart(): Promise<void> {
    saveTabSession({ participant: this.participant, channel: null, invite: null });
    try {
      this.#showStart(this.#running === null ? [] : await this.host.channels(), null);
    } catch (problem) {
      this.#showStart([], problem);
    }
  }

  /** Opens a channel that was created or joined just now, by a click. */
  async entered(channel: ChannelSummary, displayName: string): Promise<void> {
    rememberParticipant({
      id: this.participant,
      name: displayName,
      channelName: channel.name,
      usedAt: Date.now(),
    });
    void askForLastingStorage();
    this.#show(channel);
  }

  openChannel(channel: ChannelSummary): void {
    void checkLastingStorage();
    this.#show(channel);
  }

  /** Becomes a participant of this browser that no tab is; false if one was faster. */
  async continueAs(known: KnownParticipant): Promise<boolean> {
    const claim = await claimParticipant(known.id, 0);
    if (claim === null) return false;
    this.#running?.stop();
    this.#running = null;
    this.stopped.value = false;
    this.#claim.release();
    this.#claim = claim;
    rememberParticipant({ ...known, usedAt: Date.now() });
    await this.#resume(null, null);
    return true;
  }

  /** Forgets the channel on this device; without any channel left the participant is forgotten too. */
  async leave(channel: ChannelId): Promise<void> {
    await this.host.leave(channel);
    draftsOf(this.participant, channel).forget();
    if ((await this.host.channels()).length === 0) forgetParticipant(this.participant);
    await this.showStart();
  }

  /** The end of a channel's log, until the worker tells more. */
  async firstLook(id: ChannelId): Promise<ChannelSnapshot | null> {
    const seen = this.#seen;
    this.#seen = null;
    return seen?.channel.id === id ? seen : lookFirst(this.participant, id);
  }

  /** Shows what the participant's database has at once, and what the worker says of it when it does. */
  async #resume(wanted: string | null, invite: string | null): Promise<void> {
    saveTabSession({ participant: this.participant, channel: wanted, invite });
    const participant = this.participant;
    const channels = this.host.channels();
    // It is waited for below.
    channels.catch(() => {});
    const seen = await lookFirst(participant, wanted === null ? null : asChannelId(wanted));
    if (seen === null) return this.#resumeFrom(channels, wanted);
    this.#seen = seen;
    const shown: Screen = { kind: "channel", id: seen.channel.id };
    this.screen.value = shown;
    void channels
      .catch(() => {})
      .then(() => {
        // Unless the person went elsewhere meanwhile.
        if (this.screen.value === shown && this.participant === participant) void this.#resumeFrom(channels, shown.id);
      });
  }

  async #resumeFrom(listed: Promise<readonly ChannelSummary[]>, wanted: string | null): Promise<void> {
    try {
      const channels = await listed;
      const channel = channels.find(({ id }) => id === wanted) ?? (channels.length === 1 ? channels[0] : undefined);
      if (channel === undefined) this.#showStart(channels, null);
      else this.openChannel(channel);
    } catch (problem) {
      this.#showStart([], problem);
    }
  }

  #showStart(channels: readonly ChannelSummary[], problem: unknown): void {
    this.screen.value = { kind: "start", channels, problem };
  }

  #show(channel: ChannelSummary): void {
    saveTabSession({ participant: this.participant, channel: channel.id, invite: channel.inviteCode });
    this.screen.value = { kind: "channel", id: channel.id };
  }
}
