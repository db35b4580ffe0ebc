const JOIN_ROUTE = "#/join/";

/** The invite in a URL fragment, as the channel host reads it; null when the fragment is about something else. */
export function inviteOfFragment(fragment: string): string | null {
  return fragment.startsWith(JOIN_ROUTE) ? fragment : null;
}

/**
 * Takes the invite out of the address bar at once, because whoever sees the key in it could join. The browser's history
 * may still hold it.
 */
export function takeInvite(): string | null {
  const invite = inviteOfFragment(location.hash);
  if (invite !== null) history.replaceState(history.state, "", location.pathname + location.search);
  return invite;
}
