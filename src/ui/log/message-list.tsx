import type { JSX, TargetedKeyboardEvent } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { HoleView, ParticipantView } from "../../channel/api/channel-client.ts";
import type { MessageId, ParticipantId } from "../../sds/wire/ids.ts";
import type { ChannelStore } from "../model/channel-store.ts";
import { dayWords, type LogRow, logRows, rowsAreAlike } from "../model/log-rows.ts";
import type { ShownItem } from "../model/shown-item.ts";
import { useStrings } from "../strings/strings-context.ts";
import { usePortions } from "../widgets/use-portions.ts";
import { MessageRow } from "./message-row.tsx";
import { ReadingLine } from "./reading-line.tsx";
import { useLogScroll } from "./use-log-scroll.ts";

/** Drawn in one task. */
const PORTION = 20;

export interface MessageListProps {
  readonly store: ChannelStore;
  readonly onDetails: (id: MessageId) => void;
}

/** The log of a channel: one tab stop, arrow keys walk the rows, Enter opens a row's details. */
export function MessageList({ store, onDetails }: MessageListProps): JSX.Element {
  const strings = useStrings().list;
  const container = useRef<HTMLDivElement>(null);
  const entries = store.entries.value;
  const wanted = useMemo(() => logRows(entries), [entries]);
  const { rows, isComplete, isNews } = usePortions(wanted, PORTION, rowsAreAlike);
  const nobodyWrote = useMemo(() => entries.every(isIntroduction), [entries]);
  const onNearTop = useCallback(() => {
    // What is held back stands above.
    if (isComplete) void store.loadOlder();
  }, [store, isComplete]);
  const onSeen = useCallback((entry: ShownItem) => store.markRead(entry), [store]);
  // Failing is shown by the row itself: it stays where it is, and can be asked for again.
  const onFetchAgain = useCallback((id: MessageId) => void store.client.fetchAgain(id).catch(() => {}), [store]);
  const { unseen, onScroll, toEnd } = useLogScroll(container, {
    entries,
    rows,
    unread: store.unread.value,
    onNearTop,
    onSeen,
  });

  return (
    <div class="log-frame">
      <div
        ref={container}
        class="log"
        role="log"
        // Neither older pages nor what was said before anybody joined is news, nor what a page opens with: nothing is read
        // out while that is put in.
        aria-live={store.loadingOlder.value || store.previewing.value || !isNews ? "off" : "polite"}
        aria-relevant="additions"
        aria-label={strings.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={(event) => walkRows(event, onDetails)}
      >
        {isComplete ? <LogTop store={store} /> : null}
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            participants={store.participants.value}
            onDetails={onDetails}
            onFetchAgain={onFetchAgain}
          />
        ))}
        {nobodyWrote && !store.more.value ? <NothingSaid /> : null}
      </div>
      <ReadingLine store={store} />
      {unseen > 0 ? (
        <button type="button" class="pill" onClick={toEnd}>
          {strings.newMessages(unseen)}
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path class="icon-stroke" d="M6 2V10M2.5 6.5 6 10 9.5 6.5" />
          </svg>
        </button>
      ) : null}
    </div>
  );
}

const isIntroduction = (entry: ShownItem): boolean => entry.kind !== "hole" && entry.type === "profile";

/** What to do in a channel in which people have only joined yet. */
function NothingSaid(): JSX.Element {
  const strings = useStrings().list;
  return (
    <div class="log-empty">
      <p class="log-empty-title">{strings.empty}</p>
      <p>{strings.emptyHint}</p>
    </div>
  );
}

function LogTop({ store }: { readonly store: ChannelStore }): JSX.Element | null {
  const strings = useStrings().list;
  if (store.entries.value.length === 0) return null;
  if (store.previewing.value) return <div class="log-top log-top-open" />;
  if (!store.more.value) return <p class="log-top">{strings.beginning}</p>;
  return (
    <p class="log-top">
      <button type="button" class="quiet" disabled={store.loadingOlder.value} onClick={() => void store.loadOlder()}>
        {store.loadingOlder.value ? strings.loadingOlder : strings.older}
      </button>
    </p>
  );
}

interface RowProps {
  readonly row: LogRow;
  readonly participants: ReadonlyMap<ParticipantId, ParticipantView>;
  readonly onDetails: (id: MessageId) => void;
  readonly onFetchAgain: (id: MessageId) => void;
}

function Row({ row, participants, onDetails, onFetchAgain }: RowProps): JSX.Element {
  switch (row.kind) {
    case "day":
      return <DayRow at={row.at} />;
    case "hole":
      return <HoleRow hole={row.hole} onFetchAgain={onFetchAgain} />;
    case "message": {
      const { message, grouped } = row;
      const known = participants.get(message.author);
      const author = known ?? (message.kind === "preview" ? null : unknownAuthor(message.author, message.signed));
      return <MessageRow message={message} author={author} grouped={grouped} onDetails={onDetails} />;
    }
  }
}

function DayRow({ at }: { readonly at: number }): JSX.Element {
  const { list, locale } = useStrings();
  return (
    <p class="day">
      <span>{dayWords(at, Date.now(), list.today, list.yesterday, locale)}</span>
    </p>
  );
}

/** Long enough that who asked sees that something is done, short enough to ask again. */
const ASKING_SHOWN_MS = 5_000;

interface HoleRowProps {
  readonly hole: HoleView;
  readonly onFetchAgain: (id: MessageId) => void;
}

/** A message that is missing. Given up for the moment, it can be asked for by hand, with Enter on its row as well. */
function HoleRow({ hole, onFetchAgain }: HoleRowProps): JSX.Element {
  const { list, common } = useStrings();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), ASKING_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [asking]);
  const ask = (): void => {
    setAsking(true);
    onFetchAgain(hole.id);
  };
  return (
    <div class="hole" data-row={hole.id} data-hole={hole.state} tabIndex={-1}>
      <span>{hole.state === "fetching" ? list.holeFetching : list.holeLost}</span>
      {hole.state === "lost" ? (
        <button type="button" class="quiet" tabIndex={-1} disabled={asking} onClick={ask}>
          {asking ? list.holeAsking : common.retry}
        </button>
      ) : null}
    </div>
  );
}

/** A message may reach the screen a moment before its author's entry does. */
function unknownAuthor(id: ParticipantId, signed: boolean): ParticipantView {
  return { id, me: false, name: "", index: 0, heardAt: 0, present: false, signed, equivocations: 0, gaps: 0 };
}

function walkRows(event: TargetedKeyboardEvent<HTMLDivElement>, onDetails: (id: MessageId) => void): void {
  const container = event.currentTarget;
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]") ?? null;
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const rows = [...container.querySelectorAll<HTMLElement>("[data-row]")];
    const at = focused === null ? rows.length : rows.indexOf(focused);
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "ArrowUp" ? -1 : 1)))];
    if (next === undefined) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return;
  }
  if (event.key === "Enter" && focused?.dataset.hole !== undefined && event.target === focused) {
    event.preventDefault();
    focused.querySelector("button")?.click();
    return;
  }
  const id = focused?.dataset.messageId;
  const isOpen = focused?.dataset.preview === undefined;
  if (event.key === "Enter" && id !== undefined && isOpen && event.target === focused) {
    event.preventDefault();
    onDetails(id as MessageId);
  }
}
