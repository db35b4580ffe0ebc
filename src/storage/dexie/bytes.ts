/** Numbers and short byte strings one behind the other, in the order of a little-endian machine. */
export class ByteWriter {
  #bytes = new Uint8Array(4_096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): void {
    const place = this.#advance(1);
    this.#view.setUint8(place, value);
  }

  u32(value: number): void {
    const place = this.#advance(4);
    this.#view.setUint32(place, value, true);
  }

  f64(value: number): void {
    const place = this.#advance(8);
    this.#view.setFloat64(place, value, true);
  }

  /** At most 255 bytes, behind their number. */
  short(bytes: Uint8Array): void {
    this.u8(bytes.length);
    const place = this.#advance(bytes.length);
    this.#bytes.set(bytes, place);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room, perhaps in another buffer, and returns where. */
  #advance(count: number): number {
    const place = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return place;
  }
}

/** Reads what `ByteWriter` wrote. Throws `RangeError` behind the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #place = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next byte, which is still to be read. */
  peek(): number {
    return this.#view.getUint8(this.#place);
  }

  u8(): number {
    return this.#view.getUint8(this.#place++);
  }

  u32(): number {
    this.#place += 4;
    return this.#view.getUint32(this.#place - 4, true);
  }

  f64(): number {
    this.#place += 8;
    return this.#view.getFloat64(this.#place - 8, true);
  }

  short(): Uint8Array {
    return this.take(this.u8());
  }

  /** A view. */
  take(count: number): Uint8Array {
    const start = this.#place;
    this.#place += count;
    if (this.#place > this.#bytes.length) throw new RangeError("A pack of messages ends too early.");
    return this.#bytes.subarray(start, this.#place);
  }
}
