/** What somebody typed and no channel has accepted yet. Kept outside the page, so that a reload or a crash keeps it. */
export interface Drafts {
  load(): string;
  save(text: string): void;
}

/** One accepted-or-not attempt to send; the same text tried again keeps its id, so that it can never be sent twice. */
export interface Attempt {
  readonly requestId: string;
  readonly text: string;
}

/**
 * Texts handed to the channel and not yet accepted. They leave the input field at once, so that the next line can be
 * typed, and come back to it when the channel refuses them.
 */
export class PendingTexts {
  #pending = new Map<string, string>();
  #refused: Attempt | null = null;
  #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  begin(text: string): Attempt {
    const attempt = this.#refused?.text === text ? this.#refused : { requestId: this.#newId(), text };
    this.#refused = null;
    this.#pending.set(attempt.requestId, text);
    return attempt;
  }

  accepted(attempt: Attempt): void {
    this.#pending.delete(attempt.requestId);
  }

  /** Returns what the field holds now: the refused text before whatever was typed since. */
  refused(attempt: Attempt, field: string): string {
    this.#pending.delete(attempt.requestId);
    if (field !== "") return `${attempt.text}\n${field}`;
    this.#refused = attempt;
    return attempt.text;
  }

  /** Everything that would be lost if the page went away now. */
  draft(field: string): string {
    return [...this.#pending.values(), ...(field === "" ? [] : [field])].join("\n");
  }
}
