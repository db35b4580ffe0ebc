import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { InvitePreview } from "../../channel/api/channel-host.ts";
import { MAX_DISPLAY_NAME_CHARACTERS } from "../../channel/api/limits.ts";
import { errorCode, errorWords } from "../strings/error-words.ts";
import { useStrings } from "../strings/strings-context.ts";
import type { Entrance } from "./entrance.ts";
import { Field } from "./field.tsx";

export interface JoinFormProps {
  readonly entrance: Entrance;
  readonly invite: string;
  readonly preview: InvitePreview;
  readonly onCancel?: (() => void) | undefined;
}

/** What joining leads to, and the name to join under; or the way in, for a channel joined already. */
export function JoinForm({ entrance, invite, preview, onCancel }: JoinFormProps): JSX.Element {
  const strings = useStrings();
  const [name, setName] = useState(entrance.name);
  const [missing, setMissing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  const join = async (): Promise<void> => {
    const displayName = name.trim();
    setMissing(true);
    if (displayName === "") return;
    setBusy(true);
    setProblem("");
    try {
      await entrance.entered(await entrance.host.join({ invite, displayName }), displayName);
    } catch (error) {
      setBusy(false);
      const words = errorWords(error, strings);
      setProblem(errorCode(error) === "storage" ? strings.common.storageRefused(words) : words);
    }
  };

  const open = async (): Promise<void> => {
    try {
      const joined = (await entrance.host.channels()).find(({ id }) => id === preview.id);
      if (joined !== undefined) entrance.openChannel(joined);
    } catch (error) {
      setProblem(errorWords(error, strings));
    }
  };

  return (
    <form
      class="join-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void (preview.joined ? open() : join());
      }}
    >
      <PreviewFacts preview={preview} />
      {preview.joined ? (
        <p>{strings.join.already}</p>
      ) : (
        <Field
          label={strings.start.yourName}
          value={name}
          onInput={setName}
          maxLength={MAX_DISPLAY_NAME_CHARACTERS}
          problem={missing && name.trim() === "" ? strings.start.nameMissing : ""}
        />
      )}
      {problem === "" ? null : (
        <p class="note note-bad" role="alert">
          {problem}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="primary" aria-disabled={busy}>
          {preview.joined ? strings.join.open : busy ? strings.join.joining : strings.join.join}
        </button>
        {onCancel === undefined ? null : (
          <button type="button" class="quiet" onClick={onCancel}>
            {strings.join.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

function PreviewFacts({ preview }: { readonly preview: InvitePreview }): JSX.Element {
  const strings = useStrings().join;
  const { network } = preview;
  return (
    <dl class="facts preview">
      <dt>{strings.channel}</dt>
      <dd class="preview-name">{preview.name}</dd>
      <dt>{strings.network}</dt>
      <dd>
        {network.preset === "local" ? strings.networkLocal : strings.networkCustom}
        {network.preset === "local"
          ? null
          : network.multiaddrs.map((address) => (
              <span key={address} class="mono preview-address">
                {address}
              </span>
            ))}
      </dd>
      <dt>{strings.profile}</dt>
      <dd>{preview.profile === "community" ? strings.profileCommunity : strings.profileSds}</dd>
      <dt>{strings.owner}</dt>
      <dd>
        <span class="mono">{preview.ownerFingerprint}</span>
        <span class="hint preview-hint">{strings.ownerHint}</span>
      </dd>
    </dl>
  );
}
