import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ShownItem } from "../model/shown-item.ts";

/** Closer to the end than this counts as reading the end. */
const AT_END_PX = 48;
/** Older messages are fetched when this much is left above. */
const NEAR_TOP_PX = 200;

interface Anchor {
  readonly id: string;
  readonly top: number;
}

export interface LogScroll {
  /** Messages below the fold that came since the reader left the end. */
  readonly unseen: number;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

export interface LogScrollOptions {
  readonly entries: readonly ShownItem[];
  /** What is drawn of them: changes with each drawing that moves anything. */
  readonly rows: readonly unknown[];
  /** How many messages count as unread, those that came late and stand further up among them. */
  readonly unread: number;
  readonly onNearTop: () => void;
  /** The newest entry is on screen and the page is visible. */
  readonly onSeen: (entry: ShownItem) => void;
}

/**
 * Keeps the reader's place: at the end it follows new messages, elsewhere the row at the top of the view stays where it
 * is, whatever is inserted above it (older pages, recovered messages).
 */
export function useLogScroll(container: RefObject<HTMLElement | null>, options: LogScrollOptions): LogScroll {
  const { entries, rows, unread, onNearTop, onSeen } = options;
  const atEnd = useRef(true);
  const anchor = useRef<Anchor | null>(null);
  const seen = useRef<string | null>(null);
  const newest = useRef<string | null>(null);
  const [unseen, setUnseen] = useState(0);

  const last = entries[entries.length - 1];

  const markSeen = useCallback(() => {
    const onScreen = document.visibilityState === "visible" && (container.current?.clientHeight ?? 0) > 0;
    if (last === undefined || !atEnd.current || !onScreen) return;
    if (seen.current === last.id && unread === 0) return;
    seen.current = last.id;
    onSeen(last);
  }, [container, last, unread, onSeen]);

  const onScroll = useCallback(() => {
    const element = container.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END_PX;
    anchor.current = topRow(element);
    if (atEnd.current) setUnseen(0);
    markSeen();
    if (element.scrollTop < NEAR_TOP_PX) onNearTop();
  }, [container, markSeen, onNearTop]);

  const toEnd = useCallback(() => {
    const element = container.current;
    if (element === null) return;
    atEnd.current = true;
    element.scrollTop = element.scrollHeight;
    setUnseen(0);
  }, [container]);

  useLayoutEffect(() => {
    const element = container.current;
    if (element === null) return;
    const mineIsNew = last?.kind === "message" && last.mine && last.id !== newest.current;
    newest.current = last?.id ?? null;
    if (atEnd.current || mineIsNew) {
      toEnd();
      markSeen();
      return;
    }
    restore(element, anchor.current);
    setUnseen(countAfter(entries, seen.current));
  }, [container, entries, rows, last, markSeen, toEnd]);

  useEffect(() => {
    document.addEventListener("visibilitychange", markSeen);
    return () => document.removeEventListener("visibilitychange", markSeen);
  }, [markSeen]);

  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
      else restore(element, anchor.current);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [container]);

  return { unseen, onScroll, toEnd };
}

function rowsOf(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("[data-row]")];
}

function topRow(element: HTMLElement): Anchor | null {
  const rows = rowsOf(element);
  // Rows are in order: a binary search, so that scrolling stays cheap in a long list.
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && row.offsetTop + row.offsetHeight <= element.scrollTop) low = middle + 1;
    else high = middle;
  }
  const row = rows[low];
  const id = row?.dataset.row;
  return row === undefined || id === undefined ? null : { id, top: row.offsetTop - element.scrollTop };
}

function restore(element: HTMLElement, anchor: Anchor | null): void {
  if (anchor === null) return;
  const row = rowsOf(element).find((candidate) => candidate.dataset.row === anchor.id);
  if (row !== undefined) element.scrollTop = row.offsetTop - anchor.top;
}

function countAfter(entries: readonly ShownItem[], seen: string | null): number {
  let count = 0;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry === undefined || entry.id === seen) break;
    if (entry.kind === "message" && entry.type !== "profile" && !entry.mine) count += 1;
  }
  return count;
}
