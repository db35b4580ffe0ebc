import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { MAX_CHANNEL_NAME_CHARACTERS, MAX_DISPLAY_NAME_CHARACTERS } from "../../channel/api/limits.ts";
import { errorCode, errorWords } from "../strings/error-words.ts";
import { useStrings } from "../strings/strings-context.ts";
import { creationParameters } from "./creation-parameters.ts";
import type { Entrance } from "./entrance.ts";
import { Field } from "./field.tsx";

export interface CreateFormProps {
  readonly entrance: Entrance;
  /** Service nodes to propose; null: the one on this machine. */
  readonly nodes?: readonly string[] | null;
  /** Overrides of the channel's parameters. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** Creates a channel. What was typed stays when that fails. */
export function CreateForm({
  entrance,
  nodes: proposed = null,
  parameters: overrides = {},
}: CreateFormProps): JSX.Element {
  const strings = useStrings();
  const [channelName, setChannelName] = useState("");
  const [name, setName] = useState(entrance.name);
  const [node, setNode] = useState((proposed ?? []).join(" "));
  const [busy, setBusy] = useState(false);
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState("");

  const create = async (): Promise<void> => {
    const displayName = name.trim();
    setMissing(true);
    if (channelName.trim() === "" || displayName === "") return;
    const nodes = node.split(/[\s,]+/).filter((address) => address !== "");
    const multiaddrs = nodes.length === 0 ? null : nodes;
    setBusy(true);
    setProblem("");
    try {
      const parameters = creationParameters(multiaddrs, overrides);
      const request = { name: channelName.trim(), displayName, profile: "community", multiaddrs, parameters } as const;
      await entrance.entered(await entrance.host.create(request), displayName);
    } catch (error) {
      setBusy(false);
      const words = errorWords(error, strings);
      setProblem(errorCode(error) === "storage" ? strings.common.storageRefused(words) : words);
    }
  };

  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void create();
      }}
    >
      <h2>{strings.start.createTitle}</h2>
      <Field
        label={strings.start.channelName}
        value={channelName}
        onInput={setChannelName}
        maxLength={MAX_CHANNEL_NAME_CHARACTERS}
        problem={missing && channelName.trim() === "" ? strings.start.channelNameMissing : ""}
      />
      <Field
        label={strings.start.yourName}
        value={name}
        onInput={setName}
        maxLength={MAX_DISPLAY_NAME_CHARACTERS}
        problem={missing && name.trim() === "" ? strings.start.nameMissing : ""}
      />
      <details class="advanced" open={proposed !== null}>
        <summary>{strings.start.advanced}</summary>
        <Field
          label={strings.start.serviceNode}
          value={node}
          onInput={setNode}
          hint={strings.start.serviceNodeHint}
          mono
        />
      </details>
      {problem === "" ? null : (
        <p class="note note-bad" role="alert">
          {problem}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="primary" aria-disabled={busy}>
          {busy ? strings.start.creating : strings.start.create}
        </button>
      </div>
    </form>
  );
}
