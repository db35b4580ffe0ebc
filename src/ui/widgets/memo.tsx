import { Component, type ComponentType, type JSX } from "preact";

/** Skips rendering while all props are identical; keeps a new message from drawing every older one again. */
export function memo<Props extends object>(Inner: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const before: Readonly<Partial<Props>> = this.props;
      const keys = Object.keys(next) as (keyof Props)[];
      return keys.length !== Object.keys(before).length || keys.some((key) => before[key] !== next[key]);
    }

    override render(): JSX.Element {
      return <Inner {...(this.props as Props)} />;
    }
  };
}
