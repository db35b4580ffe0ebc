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

/** The same text tried again keeps its request id: an answer that got lost cannot make it two messages. */
export function attemptFor(text: string, refused: Attempt | null, newId: () => string): Attempt {
  return refused?.text === text ? refused : { requestId: newId(), text };
}

/** What stays in the field once `sent` is accepted: whatever was typed behind it meanwhile. */
export function withoutSent(field: string, sent: string): string {
  return field.startsWith(sent) ? field.slice(sent.length) : field;
}
