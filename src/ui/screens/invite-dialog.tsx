import type { JSX } from "preact";
import { useStrings } from "../strings/strings-context.ts";
import { CopyButton } from "../widgets/copy-button.tsx";
import { Dialog } from "../widgets/dialog.tsx";
import { QrCode } from "./qr-code.tsx";

export interface InviteDialogProps {
  readonly code: string;
  /** Null: there is no page that a link could lead to. */
  readonly link: string | null;
  /** The link leads to this machine, so nobody else can open it. */
  readonly linkIsLocal: boolean;
  readonly onClose: () => void;
}

/** The invite as code, link and QR. The code comes first where nobody else can open the link. */
export function InviteDialog({ code, link, linkIsLocal, onClose }: InviteDialogProps): JSX.Element {
  const strings = useStrings().invite;
  const best = link === null || linkIsLocal ? code : link;
  return (
    <Dialog title={strings.title} shape="box" onClose={onClose}>
      <p>{strings.warning}</p>
      <QrCode text={best} label={strings.qrLabel} />
      <InviteText label={best === code ? strings.code : strings.link} text={best} />
      {linkIsLocal ? <p class="hint">{strings.loopbackHint}</p> : null}
      <div class="actions">
        <CopyButton label={strings.copyInvite} text={best} class="primary" />
        {linkIsLocal && link !== null ? <CopyButton label={strings.copyLink} text={link} /> : null}
        {link === null ? null : (
          <a class="secondary narrow-only" href={link} target="_blank" rel="noopener">
            {strings.openTab}
          </a>
        )}
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
