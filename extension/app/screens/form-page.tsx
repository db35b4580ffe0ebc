import type { ComponentChildren, JSX } from "preact";
import { useStrings } from "../../../src/ui/strings/strings-context.ts";
import type { Shell } from "../shell.ts";
import { IconButton } from "./view-buttons.tsx";

export const BACK_PATH = "M12.5 4.5 7 10 12.5 15.5";

export interface FormPageProps {
  readonly shell: Shell;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A form that fills the main part of the page, with the way back to the list. */
export function FormPage({ shell, title, children }: FormPageProps): JSX.Element {
  const strings = useStrings().channel;
  return (
    <main class="form-page">
      <header class="form-header">
        <IconButton label={strings.back} path={BACK_PATH} onClick={() => shell.show({ kind: "home" })} />
        <h1>{title}</h1>
      </header>
      {children}
    </main>
  );
}
