const PREFIX = "hearback-";

/** The database that a participant has for itself. */
export const databaseOf = (participant: string): string => PREFIX + participant;

/** The participant whose database this is; null for any other database. */
export function participantOfDatabase(name: string): string | null {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : null;
}
