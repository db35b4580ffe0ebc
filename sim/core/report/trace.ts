/**
 * What happened, in order, as a hash: two runs of one seed must agree on it. With `print`, also as text. The hash is two
 * lanes of FNV-1a, which is cheap and is no protection against anybody.
 */
export class Trace {
  #low = 0x811c9dc5;
  #high = 0x01000193;
  readonly #print: ((line: string) => void) | null;

  constructor(print: ((line: string) => void) | null = null) {
    this.#print = print;
  }

  get hash(): string {
    return [this.#low, this.#high].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
  }

  note(at: number, member: number, what: string, detail = ""): void {
    this.#number(at);
    this.#number(member);
    this.#text(what);
    this.#text(detail);
    if (this.#print === null) return;
    const who = member < 0 ? "  -" : `m${member}`.padStart(3);
    this.#print(`${(at / 1_000).toFixed(3).padStart(11)} ${who} ${what} ${detail}`);
  }

  #number(value: number): void {
    const code = value ^ Math.floor(value / 0x1_0000_0000);
    this.#low = Math.imul(this.#low ^ code, 0x01000193);
    this.#high = Math.imul(this.#high ^ code, 0x85ebca6b) ^ (this.#high >>> 15);
  }

  /** With its length, so that no two lists of texts look alike. */
  #text(text: string): void {
    let low = this.#low ^ text.length;
    let high = this.#high ^ text.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b);
    }
    this.#low = low;
    this.#high = high ^ (high >>> 15);
  }
}

/** Enough of an id to tell messages apart in a trace. */
export const short = (id: string): string => id.slice(0, 8);
