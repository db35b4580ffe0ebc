const FIRST_SIZE = 1_024;

/** Integers of 32 bits by place, as many as there come to be: four bytes each, where an array of numbers may take more. */
export class GrowingNumbers {
  #numbers = new Int32Array(FIRST_SIZE);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** 0 where nothing was put. */
  at(place: number): number {
    return this.#numbers[place] ?? 0;
  }

  set(place: number, value: number): void {
    if (place >= this.#numbers.length) this.#grow(place + 1);
    this.#numbers[place] = value;
    if (place >= this.#length) this.#length = place + 1;
  }

  push(value: number): void {
    this.set(this.#length, value);
  }

  #grow(least: number): void {
    const grown = new Int32Array(Math.max(least, 2 * this.#numbers.length));
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}
