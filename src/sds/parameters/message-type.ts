/** Envelope types (field 5). Presence and checkpoints are syncs, not messages. */
export const MESSAGE_TYPE = { chat: 1, announcement: 2, status: 3, profile: 4, report: 7, void: 8 } as const;
