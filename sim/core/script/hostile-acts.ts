/** What a member who lies can do with its own key, or without one. */
export const HOSTILE_ACTS = [
  "fake-ids",
  "poison",
  "near-poison",
  "false-parent-lamport",
  "false-low-parent",
  "low-lamport",
  "fake-parents",
  "claim-everything",
  "forged-claim",
  "forged-content",
  "squat-id",
  "replay",
  "equivocation",
  "amplify",
  "suppress",
  "flood",
  "ask-receipts",
  "all-ones-filter",
  "filter-of-everything",
  "stripped-copy",
] as const;

export type HostileAct = (typeof HOSTILE_ACTS)[number];
