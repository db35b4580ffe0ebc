import type { Strings } from "./strings.ts";

const count = (n: number, one: string, many: string): string => (n === 1 ? one : many);
const number = (n: number): string => n.toLocaleString("de");
const percent = (chance: number): string =>
  chance < 0.0001 ? "unter 0,01 %" : `${(100 * chance).toLocaleString("de", { maximumSignificantDigits: 2 })} %`;

const duration = (ms: number): string => {
  if (ms < 90_000) return count(Math.round(ms / 1_000), "1 Sekunde", `${number(Math.round(ms / 1_000))} Sekunden`);
  if (ms < 5_400_000) return count(Math.round(ms / 60_000), "1 Minute", `${number(Math.round(ms / 60_000))} Minuten`);
  return count(Math.round(ms / 3_600_000), "1 Stunde", `${number(Math.round(ms / 3_600_000))} Stunden`);
};

const when = (at: number): string =>
  new Date(at).toLocaleString("de", { weekday: "short", hour: "2-digit", minute: "2-digit" });

export const de: Strings = {
  locale: "de",
  appName: "Hearback",
  tagline: "Kanäle, in denen du weißt, wer deine Nachrichten bekommen hat.",
  delivery: {
    queued: () => "Wartet auf das Senden",
    waiting: () => "Wartet auf das Sendelimit des Netzes",
    sending: ({ attempt }) => (attempt > 1 ? `Wird gesendet, ${number(attempt)}. Versuch` : "Wird gesendet"),
    sent: () => "Ans Netz gesendet",
    stored: () => "Aufbewahrt, sagt ein Dienstknoten",
    owner: () => "Vom Eigentümer aufbewahrt",
    received: ({ k, n }) => (n === null ? `Empfangen von ${number(k)}` : `Empfangen von ${number(k)} von ${number(n)}`),
    level: ({ percent, k, n }) => `Bestätigt von ${number(percent)} % (${number(k)} von ${number(n)})`,
    everyone: ({ n }) => `Empfangen von allen ${number(n)}`,
    unconfirmed: () => "Gesendet, noch keine Bestätigung",
    failed: ({ reason }) => (reason === "" ? "Nicht gesendet" : `Nicht gesendet - ${reason}`),
    stopped: () => "Du hast das Senden beendet",
    ahead: ({ at }) => `Von einer vorgehenden Uhr datiert: andere sehen es ${when(at)}`,
  },
  list: {
    label: "Nachrichten",
    empty: "Noch nichts gesagt",
    emptyHint: "Schreib die erste Nachricht oder lade jemanden ein: Dann siehst du, wer sie bekommen hat.",
    today: "Heute",
    yesterday: "Gestern",
    newMessages: (n) => count(n, "1 neue Nachricht", `${number(n)} neue Nachrichten`),
    older: "Ältere Nachrichten zeigen",
    loadingOlder: "Ältere Nachrichten werden geladen",
    reading: (n) => `Der Verlauf wird gelesen: bisher ${count(n, "1 Nachricht", `${number(n)} Nachrichten`)}`,
    readingStopped: (n) =>
      `Verlauf ruht bei ${count(n, "1 Nachricht", `${number(n)} Nachrichten`)}; er geht von selbst weiter`,
    readingBegins: "Der Verlauf wird gelesen. Die neuesten Nachrichten stehen schon da.",
    readingWaits: "Das Lesen des Verlaufs ruht, denn kein Dienstknoten antwortet. Es geht von selbst weiter.",
    beginning: "Hier beginnt der Kanal, soweit dieses Gerät ihn kennt.",
    you: "du",
    announcement: "Ankündigung",
    unsigned: "ungeprüft",
    holeFetching: "Hier fehlt eine Nachricht - sie wird geholt",
    holeLost: "Hier fehlt eine Nachricht, die sich bisher nicht holen ließ. Sie wird weiter gesucht.",
    holeAsking: "Wird gesucht",
    textGone: "Der Text dieser Nachricht ist nicht mehr auf diesem Gerät: Der Speicher war voll.",
    introduced: (name) => `${name} hat sich vorgestellt`,
    showDetails: (text) => `Einzelheiten zu „${text}“`,
    deliveryAnnouncement: (text, words) => `„${text}“: ${words}`,
    deliveryAnnouncementMany: (n, words) => `${number(n)} deiner Nachrichten: ${words}`,
  },
  composer: {
    label: "Nachricht",
    placeholder: "Nachricht schreiben",
    send: "Senden",
    hint: "Umschalt + Enter: neue Zeile",
    announcement: (share) => `Bestätigt, sobald ${number(share)} % sie haben`,
    empty: "Schreib zuerst etwas.",
    tooLong: (over, max) =>
      `${number(over)} ${count(over, "Byte", "Bytes")} zu lang (erlaubt sind ${number(max)}). Kürze den Text oder sende ihn in Teilen.`,
    nearLimit: (bytes, max) => `${number(bytes)} von ${number(max)} Bytes`,
    failed: (reason) => `Nicht gesendet: ${reason} Dein Text steht noch hier.`,
    unanswered: (reason) =>
      `Vielleicht wurde sie gesendet. ${reason} Dein Text steht noch hier; unverändert noch einmal gesendet, kommt er nur einmal an.`,
  },
  details: {
    title: "Zustellung",
    whoHasIt: "Wer sie hat",
    nobodyYet: "Noch hat niemand sie bestätigt.",
    noEvidence: "noch kein Nachweis",
    evidence: (how, by) => {
      if (how === "listed") return by === "content" ? "hat sie in einer Nachricht genannt" : "hat sie quittiert";
      return by === "content"
        ? "hat eine Nachricht geschrieben, die auf ihr aufbaut"
        : "hat eine spätere Nachricht und alles davor quittiert";
    },
    unsignedClaim: "Angabe ohne Signatur, zählt nicht",
    probably: (chance, signed) =>
      `hat sie wahrscheinlich, zählt nicht (${signed ? "" : "ohne Signatur, "}Irrtum möglich zu ${percent(chance)})`,
    attempts: "Versuche",
    timesGone:
      "Der Speicher dieses Geräts war voll. Seit wann andere ältere Nachrichten haben und wie sie gesendet wurden, hat es deshalb aufgegeben. Wer sie hat, ist weiterhin bekannt.",
    noAttempts: "Noch kein Versuch.",
    attempt: (n) => `${number(n)}. Versuch`,
    outcome: (outcome, reason) => {
      if (outcome === "pending") return "unterwegs";
      if (outcome === "taken") return "von einem Dienstknoten angenommen";
      return reason === "" ? "gescheitert" : `gescheitert: ${reason}`;
    },
    facts: "Nachricht",
    written: "Geschrieben",
    size: "Größe",
    bytes: (n) => count(n, "1 Byte", `${number(n)} Bytes`),
    number: "Nummer",
    numberShared: (n) => `${number(n)}; hier wurden zwei Nachrichten unter einer Nummer geschrieben`,
    numbersUnseen: "Fehlt hier von dieser Person",
    messages: (n) => count(n, "1 Nachricht", `${number(n)} Nachrichten`),
    lamport: "Lamport-Zeit",
    id: "Kennung",
    sendAgain: "Erneut senden",
    stopSending: "Nicht weiter senden",
    remove: "Löschen",
    copyText: "Text kopieren",
    explainReceipt: "Eine Quittung heißt: Das Gerät dieser Person hat die Nachricht und sagt das mit eigener Signatur.",
  },
  clock: {
    question: (others, yours) => `Die Uhren der anderen zeigen ${others}, deine zeigt ${yours}. Für Hearback anpassen?`,
    questionAgain: (others, here) =>
      `Die Uhren der anderen zeigen ${others}, deine angepasste zeigt ${here}. Für Hearback anpassen?`,
    mended: (others, here) =>
      `Die Uhren der anderen zeigen ${others} wie die dieses Geräts, die du auf ${here} angepasst hattest.`,
    farOff: (byMs) =>
      `Die Uhren der anderen gehen gegenüber deiner etwa ${duration(Math.abs(byMs))} ${byMs > 0 ? "vor" : "nach"}. Wenn sie stimmen, stell die Uhr dieses Geräts: bis dahin sehen andere nicht am richtigen Platz, was du schreibst, oder gar nicht.`,
    corrected: (byMs) =>
      `Du hast die Uhr angepasst: dieser Kanal geht gegenüber der Uhr dieses Geräts ${duration(Math.abs(byMs))} ${byMs > 0 ? "vor" : "nach"}.`,
    correct: "Anpassen",
    keep: "So lassen",
    useDevice: "Uhr dieses Geräts verwenden",
  },
  connection: {
    online: (peers) => (peers > 1 ? `Mit ${number(peers)} Knoten verbunden` : "Verbunden"),
    connecting: "Verbindet",
    checking: "Wird geprüft",
    offline: "Offline",
    closed: "Geschlossen",
    checkingHelp:
      "Der Dienstknoten antwortet seit einigen Sekunden nicht. Du kannst weiter schreiben; meldet er sich nicht, wird neu verbunden.",
    connectingHelp: "Der Dienstknoten wird gesucht. Du kannst schon schreiben; gesendet wird, sobald er antwortet.",
    offlineHelp: (reason) =>
      // Reasons are English, and help whoever looks after the node.
      `Der Dienstknoten ist nicht erreichbar${reason === "" ? "" : ` (${reason.replace(/\.$/, "")})`}. Du kannst weiter schreiben; alles wird gesendet, sobald die Verbindung wieder da ist.`,
    troubleHelp: (reason) =>
      `Ein Dienstknoten tut nicht, was er soll (${reason.replace(/\.$/, "")}). Du kannst weiter schreiben; was ohne ihn geht, geht weiter.`,
    closedHelp: "Dieser Kanal ist in diesem Tab geschlossen. Lade die Seite neu, um ihn wieder zu öffnen.",
    early: (n) =>
      count(
        n,
        "1 Nachricht kommt von einer Uhr, die weit vorgeht. Sie erscheint, wenn ihre Zeit gekommen ist.",
        `${number(n)} Nachrichten kommen von einer Uhr, die weit vorgeht. Sie erscheinen, wenn ihre Zeit gekommen ist.`,
      ),
    waiting: (n) => count(n, "1 Nachricht wartet auf das Senden.", `${number(n)} Nachrichten warten auf das Senden.`),
    storageProblem: (problem) =>
      `Dieser Browser konnte die letzte Änderung nicht speichern; bis dahin wird nichts gesendet oder angenommen. ${problem} Schaffe Platz oder prüfe die Speicher-Einstellungen des Browsers und lade dann neu.`,
    mistake:
      "Hearback hat in diesem Kanal einen Fehler gemacht und ihn angehalten; bis dahin wird nichts gesendet oder angenommen. Was angenommen war, ist gespeichert. Lade neu.",
    loadProblem: (problem) => `Die Nachrichten ließen sich nicht lesen. ${problem}`,
  },
  people: {
    label: "Teilnehmende",
    you: "du",
    present: "da",
    away: "abwesend",
    nameFollows: "Name folgt",
    unnamed: (letter) => `Person ${letter}`,
    unsigned: "ungeprüft",
    equivocated: (n) =>
      count(
        n,
        "schrieb zwei Nachrichten unter einer Nummer",
        `schrieb zwei Nachrichten unter einer Nummer, ${number(n)}-mal`,
      ),
  },
  matrix: {
    title: "Wer hat was",
    caption: "Nachrichten und die Teilnehmenden, die sie bestätigt haben, neueste Nachricht zuerst",
    message: "Nachricht",
    author: "hat sie geschrieben",
    has: "hat sie",
    noEvidence: "noch kein Nachweis",
    cell: (name, state) =>
      state === "author"
        ? `${name} hat sie geschrieben`
        : state === "has"
          ? `${name} hat sie`
          : `${name}: noch kein Nachweis`,
    empty: "Sobald jemand schreibt, siehst du hier, wer welche Nachricht hat.",
    reading: "Wer was hat, steht hier, sobald der Verlauf gelesen ist.",
  },
  start: {
    continueTitle: "Weiter, wo du warst",
    continueAs: (name) => `Weiter als ${name}`,
    inChannel: (channel) => `in ${channel}`,
    createTitle: "Neuer Kanal",
    channelName: "Name des Kanals",
    yourName: "Dein Name",
    create: "Kanal anlegen",
    creating: "Der Kanal wird angelegt",
    joinTitle: "Einem Kanal beitreten",
    inviteField: "Einladungslink oder Code",
    inviteHint: "Füge einen Link ein oder einen Code, der mit hearback1 beginnt",
    advanced: "Erweitert",
    serviceNode: "Adresse des Dienstknotens",
    serviceNodeHint:
      "Eine Multiaddr wie /ip4/192.168.1.20/tcp/8645/ws/p2p/16Uiu2…, wie der Knoten sie ausgibt. Leer lassen für den Knoten auf diesem Rechner.",
    yourChannels: "Deine Kanäle",
    openChannel: (name) => `${name} öffnen`,
    nameMissing: "Gib den Namen ein, den andere sehen sollen.",
    channelNameMissing: "Gib dem Kanal einen Namen.",
    explain:
      "Jeder Tab nimmt für sich teil. Öffne mehrere, schreib etwas und sieh zu, wer jede Nachricht bekommen hat.",
    starting: "Startet",
    unsupported: (missing) =>
      `Dieser Browser bietet hier nicht an: ${missing}. Öffne die Seite über https oder auf diesem Rechner, in einem aktuellen Browser.`,
  },
  join: {
    title: (channel) => `${channel} beitreten`,
    channel: "Kanal",
    network: "Netz",
    networkLocal: "Dienstknoten auf diesem Rechner",
    networkCustom: "Eigener Dienstknoten",
    owner: "Fingerabdruck des Eigentümers",
    ownerHint: "Vergleiche ihn mit dem, was der Eigentümer dir zeigt, wenn du sichergehen willst.",
    profile: "Nachrichten",
    profileCommunity: "Von ihren Verfassern signiert",
    profileSds: "Offen für SDS-Clients ohne Signatur",
    join: "Kanal beitreten",
    joining: "Tritt bei",
    cancel: "Jetzt nicht",
    already: "Du bist schon in diesem Kanal.",
    open: "Kanal öffnen",
    checking: "Die Einladung wird gelesen",
    duplicate: (name) => `${name} ist in einem anderen Tab offen; dieser Tab tritt deshalb als jemand Neues bei.`,
  },
  invite: {
    button: "Einladen",
    title: "In diesen Kanal einladen",
    warning: "Wer den Link oder den Code hat, kann hier lesen und schreiben.",
    link: "Link",
    code: "Code",
    copyInvite: "Einladung kopieren",
    copyLink: "Link kopieren",
    copied: "Kopiert",
    copyFailed: "Das Kopieren wurde verweigert. Markiere den Text und kopiere ihn selbst.",
    qrLabel: "QR-Code der Einladung",
    loopbackHint: "Diese Seite gibt es nur auf diesem Rechner; andere brauchen deshalb den Code.",
    openTab: "Weiteren Tab öffnen",
  },
  channel: {
    loading: "Der Kanal wird geöffnet",
    leave: "Kanal verlassen",
    leaveTitle: (channel) => `${channel} verlassen?`,
    leaveText:
      "Dieses Gerät vergisst den Kanal, seinen Schlüssel und seine Nachrichten; einen langen Verlauf von der Platte zu löschen dauert noch einige Minuten. Was noch wartet, wird nicht mehr gesendet. Zurück kommst du nur mit der Einladung, und dann als jemand Neues.",
    leaveConfirm: "Verlassen und vergessen",
    leaveFailed: (reason) => `Das Verlassen hat nicht geklappt. ${reason}`,
    leaveUnknown: (reason) => `Ob du den Kanal verlassen hast, steht noch nicht fest. ${reason}`,
    storageNotKept:
      "Wird auf diesem Rechner der Speicher knapp, darf der Browser diese Nachrichten löschen. Dauerhaften Speicher hat er nicht zugesagt.",
    workerStopped:
      "Der Teil dieses Tabs, der den Kanal führt, ist stehen geblieben. Angenommene Nachrichten sind sicher; lade neu, um weiterzumachen.",
    reload: "Neu laden",
    back: "Alle Kanäle",
    chat: "Chat",
  },
  common: {
    close: "Schließen",
    cancel: "Abbrechen",
    dismiss: "Ausblenden",
    retry: "Nochmals versuchen",
    storageRefused: (reason) =>
      `Dieser Browser hat den Kanal nicht gespeichert. ${reason} Sind Websitedaten gesperrt oder ist das ein privates Fenster, dann erlaube sie oder öffne ein normales; was du getippt hast, bleibt hier stehen.`,
    failed: (reason) => `Das hat nicht geklappt. ${reason}`,
  },
  extension: {
    channels: "Kanäle",
    noChannels: "Noch kein Kanal",
    noChannelsHint: "Lege einen an und lade andere ein, oder tritt mit einem Link oder Code bei, den du bekommen hast.",
    unread: (n) => `${number(n)} ungelesen`,
    newChannel: "Neuer Kanal",
    join: "Beitreten",
    openTab: "In einem Tab öffnen",
    openPanel: "Neben der Seite öffnen",
    chooseChannel: "Wähle einen Kanal oder öffne einen neuen.",
    workerStopped:
      "Der Hintergrundteil von Hearback antwortet nicht. Angenommene Nachrichten sind sicher; lade neu, um weiterzumachen.",
  },
  errors: {
    empty: () => "Es gibt nichts zu senden. Schreib zuerst etwas.",
    "too-large": () => "Die Nachricht ist zu lang. Kürze sie oder sende sie in Teilen.",
    "not-sent": () => "Das Netz hat es nicht angenommen. Versuch es später erneut.",
    "not-found": () => "Das gibt es nicht mehr. Lade die Seite neu.",
    storage: () =>
      "Der Browser konnte das nicht speichern. Schaffe Platz oder erlaube Websitedaten, dann versuch es erneut.",
    closed: () => "Der Kanal ist in diesem Tab geschlossen. Lade die Seite neu.",
    timeout: () => "Es hat zu lange gedauert. Versuch es erneut.",
    disconnected: () => "Der Teil dieses Tabs, der den Kanal führt, antwortet nicht. Lade die Seite neu.",
    invalid: (message) => `Das ist ungültig. ${message}`.trim(),
    "invalid-invite": () => "Das ist keine gültige Einladung. Kopiere den ganzen Link oder Code noch einmal.",
    "wrong-key": () => "Der Schlüssel der Einladung passt nicht zum Kanal. Bitte um eine neue Einladung.",
    unsupported: (message) => `Das wird hier nicht unterstützt. ${message}`.trim(),
    internal: (message) => `Etwas Unerwartetes ist passiert. ${message}`.trim(),
  },
};
