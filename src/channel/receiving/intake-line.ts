/** Frames that were pushed and wait for their turn, by when they came: how far the intake is behind. */
export interface IntakeLine {
  /** One came, at this time in milliseconds since the epoch. They leave in the order in which they came. */
  join(arrivedAt: number): void;
  /** The first of them was taken in, or refused. */
  leave(): void;
  /** When the first of them came; null when nobody waits. */
  since(): number | null;
}

/** Looked at with each step, so it is no search: what has left stays in the list until half of it is such. */
const TIDY_FROM = 64;

export function createIntakeLine(): IntakeLine {
  let times: number[] = [];
  let left = 0;

  return {
    join: (arrivedAt) => void times.push(arrivedAt),
    leave: () => {
      left++;
      if (left < TIDY_FROM || left * 2 < times.length) return;
      times = times.slice(left);
      left = 0;
    },
    since: () => times[left] ?? null,
  };
}
