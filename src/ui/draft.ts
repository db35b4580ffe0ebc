/** What somebody typed and no channel has accepted yet. Kept outside the page, so that a reload or a crash keeps it. */
export interface Drafts {
  load(): string;
  save(text: string): void;
}

/** One wish to send one text. */
export interface Attempt {
  readonly requestId: string;
  readonly text: string;
}

/**
 * Texts that were submitted and are not accepted yet, in order. They stay in the field until then, with whatever is
 * typed behind them; somebody who replaces the field's text meanwhile loses none of them either.
 */
export class Submissions {
  #waiting: Attempt[] = [];
  #refused: Attempt | null = null;
  readonly #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
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

  /** The same text as one just refused keeps its request id: an answer that got lost cannot make it two messages. */
  submit(text: string): void {
    this.#waiting.push(this.#refused?.text === text ? this.#refused : { requestId: this.#newId(), text });
    this.#refused = null;
  }

  /** The first one is durable. Returns what the field holds without it. */
  accepted(field: string): string {
    const [first] = this.#waiting;
    const whole = this.#isInField(field);
    this.#waiting.shift();
    return first !== undefined && whole ? field.slice(first.text.length) : field;
  }

  /** The first one was refused, and the others are not tried. Returns the field with all of them. */
  refused(field: string): string {
    const text = this.draft(field);
    const [only, ...more] = this.#waiting;
    this.#refused = more.length === 0 ? (only ?? null) : null;
    this.#waiting = [];
    return text;
  }

  /** Everything that would be lost if the page went away now. */
  draft(field: string): string {
    if (this.#isInField(field)) return field;
    return [...this.#waiting.map(({ text }) => text), ...(field === "" ? [] : [field])].join("\n");
  }

  #submitted(): string {
    return this.#waiting.map(({ text }) => text).join("");
  }

  #isInField(field: string): boolean {
    return field.startsWith(this.#submitted());
  }
}
