/** A repair that will be sent at this wall time, unless somebody else is faster. */
export interface PendingAnswer {
  at: number;
  /** Index of the participant who asked. */
  readonly requester: number;
}
