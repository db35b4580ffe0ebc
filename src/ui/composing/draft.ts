import type { ComposedType } from "../../sds/parameters/message-type.ts";
/** What somebody typed and no channel has accepted yet. Kept outside the page, so that a reload or a crash keeps it. */
export interface Drafts {
  load(): Draft;
  save(draft: Draft): void;
  /** What `load` did not know of, as the browser was killed; null when there is nothing, or something was saved since. */
  recover(): Promise<Draft | null>;
  /** Nothing is left of it: the channel is left. */
  forget(): void;
}

export interface Draft {
  readonly text: string;
  /** What the text will be sent as. */
  readonly type: DraftType;
  /**
   * What the text is, or would be, submitted as. A page that closes at once never hears that it was sent, and of a browser that is
   * killed the last thing on the disk may be from before it was submitted: sent again, it is the same message.
   */
  readonly waiting: readonly Attempt[];
}

/** What people can choose to send a text as. */
export type DraftType = ComposedType;

/** One wish to send one text. */
export interface Attempt {
  readonly requestId: string;
  readonly text: string;
  readonly type: DraftType;
}

export const NO_DRAFT: Draft = { text: "", type: "chat", waiting: [] };

/** A draft as it was stored: nothing to keep is null. */
export function storedDraft({ text, type, waiting }: Draft): Draft | null {
  return text === "" && waiting.length === 0 ? null : { text, type, waiting };
}

/** What was stored, read again. A plain text is what earlier versions stored; anything else is no draft. */
export function readDraft(stored: unknown): Draft {
  if (typeof stored === "string") return { ...NO_DRAFT, text: stored };
  if (typeof stored !== "object" || stored === null || !("text" in stored)) return NO_DRAFT;
  const waiting = "waiting" in stored && Array.isArray(stored.waiting) ? stored.waiting.flatMap(readAttempt) : [];
  return { text: typeof stored.text === "string" ? stored.text : "", type: readType(stored), waiting };
}

function readAttempt(value: unknown): readonly Attempt[] {
  if (typeof value !== "object" || value === null || !("requestId" in value) || !("text" in value)) return [];
  const { requestId, text } = value;
  return typeof requestId === "string" && typeof text === "string" ? [{ requestId, text, type: readType(value) }] : [];
}

function readType(stored: object): DraftType {
  return "type" in stored && stored.type === "announcement" ? "announcement" : "chat";
}

/**
 * Texts that were submitted and are not accepted yet, in order. They stay in the field until then, with whatever is
 * typed behind them; somebody who replaces the field's text meanwhile loses none of them either.
 */
export class Submissions {
  #waiting: Attempt[] = [];
  /** Refused, or never answered: the same text once more is the same wish. */
  #unanswered: readonly Attempt[];
  /** What stands in the field, as it was last kept. A text has a request id of its own, as one that is sent stands for that text. */
  #typed: Attempt | null = null;
  readonly #newId: () => string;

  /** `unanswered`: what the last page had submitted. */
  constructor(newId: () => string, unanswered: readonly Attempt[] = []) {
    this.#newId = newId;
    this.#unanswered = unanswered;
  }

  /** The next to send, one at a time, so that the order is that of submitting. */
  next(): Attempt | null {
    return this.#waiting[0] ?? null;
  }

  /** Text of the field that was not submitted yet. */
  fresh(field: string): string {
    const submitted = this.#submitted();
    return field.startsWith(submitted) ? field.slice(submitted.length) : field;
  }

  /** The same as what is unanswered keeps its request ids: an answer that got lost cannot make it two messages. */
  submit(text: string, type: DraftType): void {
    this.#waiting.push(...this.#attemptsOf(text, type));
    this.#unanswered = [];
    this.#typed = null;
  }

  /** Somebody emptied the field: what is typed from now on is another wish, even in the same words. */
  cleared(): void {
    this.#unanswered = [];
    this.#typed = null;
  }

  /** The first one is durable. Returns what the field holds without it. */
  accepted(field: string): string {
    const [first] = this.#waiting;
    const whole = this.#isInField(field);
    this.#waiting.shift();
    return first !== undefined && whole ? field.slice(first.text.length) : field;
  }

  /** The first one was refused, and the others are not tried. Returns the field with all of them. */
  refused(field: string, chosen: DraftType): Pick<Draft, "text" | "type"> {
    const { text, type } = this.draft(field, chosen);
    this.#unanswered = this.#waiting;
    this.#waiting = [];
    return { text, type };
  }

  /** Everything that would be lost if the page went away now. `chosen`: for what is typed from now on. */
  draft(field: string, chosen: DraftType): Draft {
    const waiting = this.#waiting.length > 0 ? [...this.#waiting] : this.#attemptsOf(field, chosen);
    // What comes back to the field after it was submitted is what it was submitted as.
    const type = this.#waiting.at(-1)?.type ?? chosen;
    if (this.#isInField(field)) return { text: field, type, waiting };
    const texts = [...this.#waiting.map(({ text }) => text), ...(field === "" ? [] : [field])];
    return { text: texts.join("\n"), type, waiting };
  }

  #attemptsOf(text: string, type: DraftType): readonly Attempt[] {
    if (text === "") return [];
    if (isTextOf(this.#unanswered, text) && this.#unanswered.at(-1)?.type === type) return this.#unanswered;
    if (this.#typed?.text !== text || this.#typed.type !== type) this.#typed = { requestId: this.#newId(), text, type };
    return [this.#typed];
  }

  #submitted(): string {
    return this.#waiting.map(({ text }) => text).join("");
  }

  #isInField(field: string): boolean {
    return field.startsWith(this.#submitted());
  }
}

/** As it stands in the field: one behind the other, or in lines where the field was replaced meanwhile. */
function isTextOf(attempts: readonly Attempt[], text: string): boolean {
  const texts = attempts.map((attempt) => attempt.text);
  return texts.length > 0 && (texts.join("") === text || texts.join("\n") === text);
}
