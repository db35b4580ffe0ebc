import { inviteLinkOf, parseInvite } from "../src/identity/joining/invite.ts";

/** The link that joins the channel of a bare code, on the page that is open now. */
export function linkOfCode(page: Pick<Location, "origin" | "pathname">, code: string): string {
  return inviteLinkOf(page.origin + page.pathname, parseInvite(code));
}
