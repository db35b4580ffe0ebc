import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ChannelClient } from "../../channel/api/channel-client.ts";
import { sendProblem } from "../strings/error-words.ts";
import type { Strings } from "../strings/strings.ts";
import { useStrings } from "../strings/strings-context.ts";
import { utf8Length } from "../widgets/bytes.ts";
import { type Drafts, type DraftType, Submissions } from "./draft.ts";

/** The byte count is shown from this share of the limit on. */
const NEAR_LIMIT = 0.8;

export interface ComposerProps {
  readonly client: ChannelClient;
  /** The share of its audience that has to confirm an announcement. */
  readonly levelPercent: number;
  /** Limit of the text in bytes of UTF-8. */
  readonly maxBytes: number;
  readonly drafts: Drafts;
}

type Note = { readonly tone: "quiet" | "bad"; readonly text: string };

/**
 * Enter sends, Shift + Enter starts a new line. The text leaves the field when the channel has accepted it, which means
 * that it is durable; until then, and when it is refused, it stays.
 */
export function Composer({ client, levelPercent, maxBytes, drafts }: ComposerProps): JSX.Element {
  const strings = useStrings();
  const field = useRef<HTMLTextAreaElement>(null);
  const [before, setBefore] = useState(() => drafts.load());
  const [text, setText] = useState(before.text);
  const [type, setType] = useState(before.type);
  const [problem, setProblem] = useState("");
  const latest = useRef({ text, type });
  const sending = useRef(false);
  const submissions = useMemo(() => new Submissions(() => crypto.randomUUID(), before.waiting), [before]);

  const change = (next: { readonly text?: string; readonly type?: DraftType }): void => {
    latest.current = { ...latest.current, ...next };
    setText(latest.current.text);
    setType(latest.current.type);
    drafts.save(submissions.draft(latest.current.text, latest.current.type));
  };

  const submit = (): void => {
    const value = submissions.fresh(latest.current.text);
    field.current?.focus();
    if (value.trim() === "") {
      if (submissions.next() === null) setProblem(strings.composer.empty);
      return;
    }
    if (utf8Length(value) > maxBytes) return;
    setProblem("");
    submissions.submit(value, latest.current.type);
    // Saved before it is sent: this page may be gone before the answer is here. An announcement is chosen each time.
    change({ type: "chat" });
    void sendAll();
  };

  const sendAll = async (): Promise<void> => {
    if (sending.current) return;
    sending.current = true;
    for (let attempt = submissions.next(); attempt !== null; attempt = submissions.next()) {
      try {
        await client.send(attempt);
        change({ text: submissions.accepted(latest.current.text) });
      } catch (error) {
        change(submissions.refused(latest.current.text, latest.current.type));
        setProblem(sendProblem(error, strings));
      }
    }
    sending.current = false;
  };

  // A browser that was killed may have written less where a page looks at once.
  useEffect(() => {
    let isGone = false;
    void drafts.recover().then((found) => {
      if (found === null || isGone) return;
      latest.current = { text: found.text, type: found.type };
      setText(found.text);
      setType(found.type);
      setBefore(found);
    });
    return () => {
      isGone = true;
    };
  }, [drafts]);

  useLayoutEffect(() => fitHeight(field.current), [text]);

  const bytes = utf8Length(text);
  const note = composerNote({
    bytes,
    maxBytes,
    problem,
    strings,
    level: type === "announcement" ? levelPercent : null,
  });
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div class="composer-row">
        <textarea
          ref={field}
          class="composer-field"
          rows={1}
          value={text}
          aria-label={strings.composer.label}
          aria-describedby="composer-note"
          aria-invalid={bytes > maxBytes}
          placeholder={strings.composer.placeholder}
          onInput={(event) => {
            setProblem("");
            if (event.currentTarget.value === "") submissions.cleared();
            change({ text: event.currentTarget.value });
          }}
          onKeyDown={(event) => {
            // While an input method is composing, Enter confirms its suggestion.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <button type="submit" class="primary" disabled={text.trim() === "" || bytes > maxBytes}>
          {strings.composer.send}
        </button>
      </div>
      <div class="composer-foot">
        <p id="composer-note" class="composer-note" data-tone={note.tone} role="status">
          {note.text}
        </p>
        <label class="composer-type">
          <input
            type="checkbox"
            checked={type === "announcement"}
            onChange={({ currentTarget }) => change({ type: currentTarget.checked ? "announcement" : "chat" })}
          />
          {strings.list.announcement}
        </label>
      </div>
    </form>
  );
}

interface ComposerState {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly problem: string;
  /** Of an announcement; null otherwise. */
  readonly level: number | null;
  readonly strings: Strings;
}

function composerNote({ bytes, maxBytes, problem, level, strings }: ComposerState): Note {
  if (bytes > maxBytes) return { tone: "bad", text: strings.composer.tooLong(bytes - maxBytes, maxBytes) };
  if (problem !== "") return { tone: "bad", text: problem };
  if (bytes > maxBytes * NEAR_LIMIT) return { tone: "quiet", text: strings.composer.nearLimit(bytes, maxBytes) };
  return { tone: "quiet", text: level === null ? strings.composer.hint : strings.composer.announcement(level) };
}

/** Grows with the text up to the height that the style allows. */
function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return;
  field.style.height = "auto";
  // A long placeholder would count as lines of text.
  if (field.value === "") return;
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
