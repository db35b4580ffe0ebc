import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import { extensionApi } from "../../platform/api.ts";
import type { Shell } from "../shell.ts";
import { canOpenPanel, openInTab, openPanel } from "../views.ts";

export interface ViewButtonsProps {
  readonly shell: Shell;
  /** The channel to open there; null for the list. */
  readonly channel: string | null;
}

/** From the popup beside the page, and from both into a tab. */
export function ViewButtons({ shell, channel }: ViewButtonsProps): JSX.Element | null {
  const strings = useStrings().extension;
  const windowId = useWindowId();
  const closePopup = (): void => {
    if (shell.view === "popup") close();
  };
  if (shell.view === "tab") return null;
  return (
    <>
      {shell.view === "popup" && canOpenPanel() && windowId !== null ? (
        <IconButton
          label={strings.openPanel}
          path="M3.5 4.5H16.5V15.5H3.5ZM12 4.5V15.5"
          onClick={() => void openPanel(windowId).then(closePopup)}
        />
      ) : null}
      <IconButton
        label={strings.openTab}
        path="M11 3.5H16.5V9M16 4 9.5 10.5M8 5H4.5V15.5H15V12"
        onClick={() => void openInTab(channel).then(closePopup)}
      />
    </>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly path: string;
  readonly onClick: () => void;
}

export function IconButton({ label, path, onClick }: IconButtonProps): JSX.Element {
  return (
    <button type="button" class="icon-button" title={label} aria-label={label} onClick={onClick}>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
        <path class="icon-stroke" d={path} />
      </svg>
    </button>
  );
}

/** Known before the click: a panel opens only in the very turn of it. */
function useWindowId(): number | null {
  const [id, setId] = useState<number | null>(null);
  useEffect(() => {
    extensionApi.windows.getCurrent().then(
      (current) => setId(current.id ?? null),
      () => setId(null),
    );
  }, []);
  return id;
}
