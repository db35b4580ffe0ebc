/**
 * Who is present, as of a span of connected time in which nobody's window ends. It is asked for with every delivery, and
 * messages delivered meanwhile share these lists. Forgotten when somebody comes, returns, or turns out to have a key.
 */
export interface PresentParticipants {
  readonly indexes: readonly number[];
  readonly fromConnectedMs: number;
  readonly untilConnectedMs: number;
  /** `indexes` without one author, by the author's index. */
  readonly audiences: ReadonlyMap<number, readonly number[]>;
}
