import type { Strings } from "./strings.ts";

const count = (n: number, one: string, many: string): string => (n === 1 ? one : many);
const number = (n: number): string => n.toLocaleString("en");

const duration = (ms: number): string => {
  const [unit, size] = ms < 90_000 ? ["second", 1_000] : ms < 5_400_000 ? ["minute", 60_000] : ["hour", 3_600_000];
  const n = Math.round(ms / Number(size));
  return count(n, `1 ${unit}`, `${number(n)} ${unit}s`);
};

const when = (at: number): string =>
  new Date(at).toLocaleString("en", { weekday: "short", hour: "2-digit", minute: "2-digit" });
const percent = (chance: number): string =>
  chance < 0.0001 ? "below 0.01 %" : `${(100 * chance).toLocaleString("en", { maximumSignificantDigits: 2 })} %`;

const said =
  (fallback: string) =>
  (message: string): string =>
    message === "" ? fallback : message;

export const en: Strings = {
  locale: "en",
  appName: "Hearback",
  tagline: "Channels in which you know who received what you said.",
  delivery: {
    queued: () => "Waiting to send",
    waiting: () => "Waiting for the network's rate limit",
    sending: ({ attempt }) => (attempt > 1 ? `Sending, attempt ${number(attempt)}` : "Sending"),
    sent: () => "Sent to the network",
    stored: () => "Kept, a service node says",
    owner: () => "Kept by the owner",
    received: ({ k, n }) => (n === null ? `Received by ${number(k)}` : `Received by ${number(k)} of ${number(n)}`),
    level: ({ percent, k, n }) => `Confirmed by ${number(percent)} % (${number(k)} of ${number(n)})`,
    everyone: ({ n }) => `Received by all ${number(n)}`,
    unconfirmed: () => "Sent, no confirmation yet",
    failed: ({ reason }) => (reason === "" ? "Not sent" : `Not sent - ${reason}`),
    stopped: () => "You stopped sending it",
    ahead: ({ at }) => `Dated by a fast clock: others see it ${when(at)}`,
  },
  list: {
    label: "Messages",
    empty: "Nothing said yet",
    emptyHint: "Write the first message, or invite somebody: then you see who received it.",
    today: "Today",
    yesterday: "Yesterday",
    newMessages: (n) => count(n, "1 new message", `${number(n)} new messages`),
    older: "Show older messages",
    loadingOlder: "Loading older messages",
    reading: (n) => `Reading the history: ${count(n, "1 message", `${number(n)} messages`)} so far`,
    readingStopped: (n) => `History paused at ${count(n, "1 message", `${number(n)} messages`)}; it goes on by itself`,
    readingBegins: "The history is being read. The newest messages are shown already.",
    readingWaits: "Reading the history stands still, as no service node answers. It goes on by itself.",
    beginning: "This is the beginning of the channel as this device knows it.",
    you: "you",
    announcement: "Announcement",
    unsigned: "unverified",
    holeFetching: "A message is missing here - fetching it",
    holeLost: "A message is missing here and could not be recovered so far. It is still asked for.",
    holeAsking: "Asking",
    textGone: "The text of this message is no longer on this device: its storage was full.",
    introduced: (name) => `${name} introduced themselves`,
    showDetails: (text) => `Details of "${text}"`,
    deliveryAnnouncement: (text, words) => `"${text}": ${words}`,
    deliveryAnnouncementMany: (n, words) => `${number(n)} of your messages: ${words}`,
  },
  composer: {
    label: "Message",
    placeholder: "Write a message",
    send: "Send",
    hint: "Shift + Enter starts a new line",
    announcement: (share) => `Confirmed once ${number(share)} % have it`,
    empty: "Write something first.",
    tooLong: (over, max) =>
      `Too long by ${number(over)} ${count(over, "byte", "bytes")} (the limit is ${number(max)}). Shorten it or send it in parts.`,
    nearLimit: (bytes, max) => `${number(bytes)} of ${number(max)} bytes`,
    failed: (reason) => `Not sent: ${reason} Your text is still here.`,
    unanswered: (reason) =>
      `It may have been sent. ${reason} Your text is still here; sent once more unchanged, it arrives once.`,
  },
  details: {
    title: "Delivery",
    whoHasIt: "Who has it",
    nobodyYet: "Nobody has confirmed it yet.",
    noEvidence: "no evidence yet",
    evidence: (how, by) => {
      if (how === "listed") return by === "content" ? "named it in a message" : "named it in a receipt";
      return by === "content" ? "wrote a message that builds on it" : "confirmed a later message and all before it";
    },
    unsignedClaim: "unsigned claim, not counted",
    probably: (chance, signed) =>
      `probably has it, not counted (${signed ? "" : "unsigned, "}chance of error ${percent(chance)})`,
    attempts: "Attempts",
    timesGone:
      "This device's disk was full, so it gave up since when people have older messages, and how they were sent. Who has them is still known.",
    noAttempts: "Not tried yet.",
    attempt: (n) => `Attempt ${number(n)}`,
    outcome: (outcome, reason) => {
      if (outcome === "pending") return "on its way";
      if (outcome === "taken") return "taken by a service node";
      return reason === "" ? "failed" : `failed: ${reason}`;
    },
    facts: "Message",
    written: "Written",
    size: "Size",
    bytes: (n) => count(n, "1 byte", `${number(n)} bytes`),
    number: "Number",
    numberShared: (n) => `${number(n)}; its author wrote two messages under one number`,
    numbersUnseen: "Missing here from the author",
    messages: (n) => count(n, "1 message", `${number(n)} messages`),
    lamport: "Lamport time",
    id: "Id",
    sendAgain: "Send again",
    stopSending: "Stop sending",
    remove: "Delete",
    copyText: "Copy text",
    explainReceipt: "A receipt means that a participant's device has the message, on its own signed word.",
  },
  clock: {
    question: (others, yours) => `Others' clocks say ${others}, yours says ${yours}. Correct it for Hearback?`,
    questionAgain: (others, here) =>
      `Others' clocks say ${others}, yours as corrected says ${here}. Correct it for Hearback?`,
    mended: (others, here) => `Others' clocks say ${others} like this device's, which you had corrected to ${here}.`,
    farOff: (byMs) =>
      `Others' clocks are about ${duration(Math.abs(byMs))} ${byMs > 0 ? "ahead of" : "behind"} yours. If theirs are right, set this device's clock: until then others do not see what you write in its place, or not at all.`,
    corrected: (byMs) =>
      `You had the clock corrected: this channel goes by a time ${duration(Math.abs(byMs))} ${byMs > 0 ? "ahead of" : "behind"} this device's.`,
    correct: "Correct it",
    keep: "Keep it",
    useDevice: "Use this device's clock",
  },
  connection: {
    online: (peers) => (peers > 1 ? `Connected to ${number(peers)} nodes` : "Connected"),
    connecting: "Connecting",
    checking: "Checking",
    offline: "Offline",
    closed: "Closed",
    checkingHelp:
      "The service node has not answered for some seconds. You can go on writing; if it does not come back, it is dialed again.",
    connectingHelp: "Looking for the service node. You can write already; messages leave when it answers.",
    offlineHelp: (reason) =>
      `${reason === "" ? "The service node cannot be reached." : reason} You can go on writing; everything is sent once the connection is back.`,
    troubleHelp: (reason) => `${reason} You can go on writing; what can be done without it goes on.`,
    closedHelp: "This channel is closed in this tab. Reload the page to open it again.",
    waiting: (n) => count(n, "1 message is waiting to be sent.", `${number(n)} messages are waiting to be sent.`),
    early: (n) =>
      count(
        n,
        "1 message comes from a clock that is far ahead. It is shown when its time has come.",
        `${number(n)} messages come from a clock that is far ahead. They are shown when their time has come.`,
      ),
    storageProblem: (problem) =>
      `This browser could not store the last change, so nothing is sent or accepted for now. ${problem} Make room or check the browser's storage settings, then reload.`,
    mistake:
      "Hearback made a mistake in this channel and stopped it, so nothing is sent or accepted for now. What was accepted is saved. Reload.",
    loadProblem: (problem) => `The messages could not be read. ${problem}`,
  },
  people: {
    label: "Participants",
    you: "you",
    present: "here",
    away: "away",
    nameFollows: "Name follows",
    unnamed: (letter) => `Participant ${letter}`,
    unsigned: "unverified",
    equivocated: (n) =>
      count(n, "wrote two messages under one number", `wrote two messages under one number, ${number(n)} times`),
  },
  matrix: {
    title: "Who has what",
    caption: "Messages and the participants who confirmed them, newest message first",
    message: "Message",
    author: "wrote it",
    has: "has it",
    noEvidence: "no evidence yet",
    cell: (name, state) =>
      state === "author" ? `${name} wrote it` : state === "has" ? `${name} has it` : `${name}: no evidence yet`,
    empty: "Once somebody writes, you see here who has each message.",
    reading: "Who has each message stands here once the history is read.",
  },
  start: {
    continueTitle: "Go on where you were",
    continueAs: (name) => `Continue as ${name}`,
    inChannel: (channel) => `in ${channel}`,
    createTitle: "New channel",
    channelName: "Channel name",
    yourName: "Your name",
    create: "Create channel",
    creating: "Creating the channel",
    joinTitle: "Join a channel",
    inviteField: "Invite link or code",
    inviteHint: "Paste a link, or a code that begins with hearback1",
    advanced: "Advanced",
    serviceNode: "Service node address",
    serviceNodeHint:
      "A multiaddr such as /ip4/192.168.1.20/tcp/8645/ws/p2p/16Uiu2…, as the node prints it. Leave it empty for the node on this machine.",
    yourChannels: "Your channels",
    openChannel: (name) => `Open ${name}`,
    nameMissing: "Enter the name that others will see.",
    channelNameMissing: "Give the channel a name.",
    explain: "Every tab is a participant of its own. Open several, write, and watch who has received each message.",
    starting: "Starting",
    unsupported: (missing) =>
      `This browser offers no ${missing} here. Open the page over https or from this machine, in a current browser.`,
  },
  join: {
    title: (channel) => `Join ${channel}`,
    channel: "Channel",
    network: "Network",
    networkLocal: "Service node on this machine",
    networkCustom: "Custom service node",
    owner: "Owner's fingerprint",
    ownerHint: "Compare it with what the owner shows you if you want to be sure of the channel.",
    profile: "Messages",
    profileCommunity: "Signed by their authors",
    profileSds: "Open to unsigned SDS clients",
    join: "Join channel",
    joining: "Joining",
    cancel: "Not now",
    already: "You are in this channel already.",
    open: "Open channel",
    checking: "Reading the invite",
    duplicate: (name) => `${name} is open in another tab, so this tab joins as somebody new.`,
  },
  invite: {
    button: "Invite",
    title: "Invite to this channel",
    warning: "Whoever has the link or the code can read and write here.",
    link: "Link",
    code: "Code",
    copyInvite: "Copy invite",
    copyLink: "Copy link",
    copied: "Copied",
    copyFailed: "Copying was refused. Select the text and copy it yourself.",
    qrLabel: "QR code of the invite",
    loopbackHint: "This page lives on this machine only, so the code is what others need.",
    openTab: "Open another tab",
  },
  channel: {
    loading: "Opening the channel",
    leave: "Leave channel",
    leaveTitle: (channel) => `Leave ${channel}?`,
    leaveText:
      "This device forgets the channel, its key and its messages; to erase a long history from the disk takes some minutes more. Messages that are still waiting will not be sent. You need the invite to come back, and then you are somebody new.",
    leaveConfirm: "Leave and forget",
    leaveFailed: (reason) => `Leaving did not work. ${reason}`,
    leaveUnknown: (reason) => `It is not known yet whether you have left. ${reason}`,
    storageNotKept:
      "If this computer runs short of disk space, the browser may delete these messages. It did not grant lasting storage.",
    workerStopped:
      "The part of this tab that keeps the channel has stopped. Accepted messages are safe; reload to go on.",
    reload: "Reload",
    back: "All channels",
    chat: "Chat",
  },
  common: {
    close: "Close",
    cancel: "Cancel",
    dismiss: "Dismiss",
    retry: "Try again",
    storageRefused: (reason) =>
      `This browser did not store the channel. ${reason} If site data is blocked or this is a private window, allow it or open a normal one; what you typed stays here.`,
    failed: (reason) => `That did not work. ${reason}`,
  },
  extension: {
    channels: "Channels",
    noChannels: "No channel yet",
    noChannelsHint: "Create one and invite others, or join one with a link or code that you were given.",
    unread: (n) => `${number(n)} unread`,
    newChannel: "New channel",
    join: "Join",
    openTab: "Open in a tab",
    openPanel: "Open beside the page",
    chooseChannel: "Choose a channel, or open a new one.",
    workerStopped: "Hearback's background part does not answer. Accepted messages are safe; reload to go on.",
  },
  // The channel speaks English itself and knows more than a code says; these stand in where it is silent.
  errors: {
    empty: said("There is nothing to send. Write something first."),
    "too-large": said("The message is too long. Shorten it or send it in parts."),
    "not-sent": said("The network did not take it. Try again."),
    "not-found": said("It is not there any more. Reload the page."),
    storage: said("The browser could not store it. Make room or allow site data, then try again."),
    closed: said("The channel is closed in this tab. Reload the page."),
    timeout: said("It took too long. Try again."),
    disconnected: said("The part of this tab that keeps the channel does not answer. Reload the page."),
    invalid: said("That is not valid."),
    "invalid-invite": said("That is not an invite. Copy the whole link or code again."),
    "wrong-key": said("The invite's key does not fit the channel. Ask for a new invite."),
    unsupported: said("This browser cannot do that."),
    internal: said("Something unexpected happened. Try again."),
  },
};
