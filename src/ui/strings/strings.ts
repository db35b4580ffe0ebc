import type { ChannelErrorCode } from "../../channel/api/channel-client.ts";
import type { DeliveryState } from "../../sds/outbox/delivery-state.ts";

/**
 * Every word that people read, in one type, so that a language that lacks one does not compile. Functions where a count
 * or a name changes the sentence. Instants are milliseconds since the Unix epoch.
 */
export interface Strings {
  /** BCP 47 tag, for dates, numbers and the `lang` attribute. */
  readonly locale: string;
  readonly appName: string;
  readonly tagline: string;
  readonly delivery: DeliveryStrings;
  readonly list: ListStrings;
  readonly composer: ComposerStrings;
  readonly details: DetailsStrings;
  readonly clock: ClockStrings;
  readonly connection: ConnectionStrings;
  readonly people: PeopleStrings;
  readonly matrix: MatrixStrings;
  readonly start: StartStrings;
  readonly join: JoinStrings;
  readonly invite: InviteStrings;
  readonly channel: ChannelStrings;
  readonly common: CommonStrings;
  readonly extension: ExtensionStrings;
  /** What each error means to people; `message` is the channel's own sentence, in English. */
  readonly errors: { readonly [K in ChannelErrorCode]: (message: string) => string };
}

/** One function per delivery state; `deliveryWords` picks. */
export type DeliveryStrings = {
  readonly [K in DeliveryState["kind"]]: (state: Extract<DeliveryState, { kind: K }>) => string;
};

export interface ListStrings {
  readonly label: string;
  readonly empty: string;
  readonly emptyHint: string;
  readonly today: string;
  readonly yesterday: string;
  readonly newMessages: (count: number) => string;
  readonly older: string;
  readonly loadingOlder: string;
  readonly reading: (messages: number) => string;
  /** The same while no Store answers. */
  readonly readingStopped: (messages: number) => string;
  /** Read out, without a number: once each time that reading begins or stands still. */
  readonly readingBegins: string;
  readonly readingWaits: string;
  readonly beginning: string;
  readonly you: string;
  readonly announcement: string;
  readonly unsigned: string;
  readonly holeFetching: string;
  readonly holeLost: string;
  readonly holeAsking: string;
  /** In the place of a text that had to go because the disk was full. */
  readonly textGone: string;
  readonly introduced: (name: string) => string;
  readonly showDetails: (text: string) => string;
  /** Spoken by a screen reader when the delivery of an own message changes. */
  readonly deliveryAnnouncement: (text: string, words: string) => string;
  readonly deliveryAnnouncementMany: (count: number, words: string) => string;
}

export interface ComposerStrings {
  readonly label: string;
  readonly placeholder: string;
  readonly send: string;
  readonly hint: string;
  /** In place of the hint; `share` in percent. */
  readonly announcement: (share: number) => string;
  readonly empty: string;
  readonly tooLong: (overBytes: number, maxBytes: number) => string;
  readonly nearLimit: (bytes: number, maxBytes: number) => string;
  readonly failed: (reason: string) => string;
  /** No answer came: nobody knows whether it was accepted. */
  readonly unanswered: (reason: string) => string;
}

export interface DetailsStrings {
  readonly title: string;
  readonly whoHasIt: string;
  readonly nobodyYet: string;
  readonly noEvidence: string;
  readonly evidence: (how: "listed" | "ancestry", by: "content" | "sync") => string;
  readonly unsignedClaim: string;
  /** By a bloom filter; `chance` from 0 to 1, that it errs. */
  readonly probably: (chance: number, signed: boolean) => string;
  readonly attempts: string;
  /** The disk was full. */
  readonly timesGone: string;
  readonly noAttempts: string;
  readonly attempt: (attempt: number) => string;
  readonly outcome: (outcome: "pending" | "taken" | "failed", reason: string) => string;
  readonly facts: string;
  readonly written: string;
  readonly size: string;
  readonly bytes: (bytes: number) => string;
  readonly number: string;
  readonly numberShared: (number: number) => string;
  /** Of the author's other numbers: never sent, or not received. */
  readonly numbersUnseen: string;
  readonly messages: (count: number) => string;
  readonly lamport: string;
  readonly id: string;
  readonly sendAgain: string;
  readonly stopSending: string;
  readonly remove: string;
  readonly copyText: string;
  readonly explainReceipt: string;
}

export interface ConnectionStrings {
  readonly online: (peers: number) => string;
  readonly connecting: string;
  readonly checking: string;
  readonly offline: string;
  readonly closed: string;
  readonly connectingHelp: string;
  readonly checkingHelp: string;
  readonly offlineHelp: (reason: string) => string;
  readonly troubleHelp: (reason: string) => string;
  readonly closedHelp: string;
  readonly waiting: (count: number) => string;
  readonly early: (count: number) => string;
  readonly storageProblem: (problem: string) => string;
  readonly mistake: string;
  readonly loadProblem: (problem: string) => string;
}

/** Times are written out already, as the clocks show them. */
export interface ClockStrings {
  readonly question: (others: string, yours: string) => string;
  /** The same where it was corrected before. */
  readonly questionAgain: (others: string, here: string) => string;
  /** Others' clocks say what the device's own says, no longer what it was corrected to. */
  readonly mended: (others: string, here: string) => string;
  /** Too far off to be corrected here; `byMs` > 0: the others are ahead. */
  readonly farOff: (byMs: number) => string;
  /** `byMs` > 0: ahead of the device's clock. */
  readonly corrected: (byMs: number) => string;
  readonly correct: string;
  /** To leave it as it is, corrected before or not. */
  readonly keep: string;
  readonly useDevice: string;
}

export interface PeopleStrings {
  readonly label: string;
  readonly you: string;
  readonly present: string;
  readonly away: string;
  /** Of the author of a message that came before the one that says their name. */
  readonly nameFollows: string;
  readonly unnamed: (letter: string) => string;
  readonly unsigned: string;
  /** Two signed messages came under one number, so many times. */
  readonly equivocated: (times: number) => string;
}

export interface MatrixStrings {
  readonly title: string;
  readonly caption: string;
  readonly message: string;
  readonly author: string;
  readonly has: string;
  readonly noEvidence: string;
  readonly cell: (name: string, state: "author" | "has" | "none") => string;
  readonly empty: string;
  /** Instead, while the history is read for the first time. */
  readonly reading: string;
}

export interface StartStrings {
  readonly continueTitle: string;
  readonly continueAs: (name: string) => string;
  readonly inChannel: (channel: string) => string;
  readonly createTitle: string;
  readonly channelName: string;
  readonly yourName: string;
  readonly create: string;
  readonly creating: string;
  readonly joinTitle: string;
  readonly inviteField: string;
  readonly inviteHint: string;
  readonly advanced: string;
  readonly serviceNode: string;
  readonly serviceNodeHint: string;
  readonly yourChannels: string;
  readonly openChannel: (name: string) => string;
  readonly nameMissing: string;
  readonly channelNameMissing: string;
  readonly explain: string;
  readonly starting: string;
  readonly unsupported: (missing: string) => string;
}

export interface JoinStrings {
  readonly title: (channel: string) => string;
  readonly channel: string;
  readonly network: string;
  readonly networkLocal: string;
  readonly networkCustom: string;
  readonly owner: string;
  readonly ownerHint: string;
  readonly profile: string;
  readonly profileCommunity: string;
  readonly profileSds: string;
  readonly join: string;
  readonly joining: string;
  readonly cancel: string;
  readonly already: string;
  readonly open: string;
  readonly checking: string;
  readonly duplicate: (name: string) => string;
}

export interface InviteStrings {
  readonly button: string;
  readonly title: string;
  readonly warning: string;
  readonly link: string;
  readonly code: string;
  readonly copyInvite: string;
  readonly copyLink: string;
  readonly copied: string;
  readonly copyFailed: string;
  readonly qrLabel: string;
  readonly loopbackHint: string;
  readonly openTab: string;
}

export interface ChannelStrings {
  readonly loading: string;
  readonly leave: string;
  readonly leaveTitle: (channel: string) => string;
  readonly leaveText: string;
  readonly leaveConfirm: string;
  readonly leaveFailed: (reason: string) => string;
  /** There was no answer, so it may have been done. */
  readonly leaveUnknown: (reason: string) => string;
  readonly storageNotKept: string;
  readonly workerStopped: string;
  readonly reload: string;
  readonly back: string;
  readonly chat: string;
}

export interface CommonStrings {
  readonly close: string;
  readonly cancel: string;
  readonly dismiss: string;
  readonly retry: string;
  readonly storageRefused: (reason: string) => string;
  readonly failed: (reason: string) => string;
}

/** The extension's own pages. */
export interface ExtensionStrings {
  readonly channels: string;
  readonly noChannels: string;
  readonly noChannelsHint: string;
  readonly unread: (count: number) => string;
  readonly newChannel: string;
  readonly join: string;
  readonly openTab: string;
  readonly openPanel: string;
  readonly chooseChannel: string;
  readonly workerStopped: string;
}
