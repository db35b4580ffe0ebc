import type { JSX } from "preact";
import { CopyButton } from "../../src/ui/copy-button.tsx";
import { Dialog } from "../../src/ui/dialog.tsx";
import { useStrings } from "../../src/ui/strings-context.ts";
import { isLoopback } from "../invite-link.ts";
import { QrCode } from "./qr-code.tsx";

export interface InviteDialogProps {
  readonly code: string;
  readonly link: string;
  readonly onClose: () => void;
}

/** The invite as code, link and QR. On loopback the code comes first: nobody else can open the link. */
export function InviteDialog({ code, link, onClose }: InviteDialogProps): JSX.Element {
  const strings = useStrings().invite;
  const loopback = isLoopback(location.hostname);
  const best = loopback ? code : link;
  return (
    <Dialog title={strings.title} shape="box" onClose={onClose}>
      <p>{strings.warning}</p>
      <QrCode text={best} label={strings.qrLabel} />
      <InviteText label={loopback ? strings.code : strings.link} text={best} />
      {loopback ? <p class="hint">{strings.loopbackHint}</p> : null}
      <div class="actions">
        <CopyButton label={strings.copyInvite} text={best} class="primary" />
        {loopback ? <CopyButton label={strings.copyLink} text={link} /> : null}
        <a class="secondary narrow-only" href={link} target="_blank" rel="noopener">
          {strings.openTab}
        </a>
      </div>
    </Dialog>
  );
}

function InviteText({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  return (
    <div class="field">
      <label for="invite-text">{label}</label>
      <textarea
        id="invite-text"
        class="mono invite-text"
        rows={3}
        readOnly
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
    </div>
  );
}
