import { Component, type ComponentType, type JSX } from "preact";

/** Skips rendering while all props are identical; keeps a new message from drawing every older one again. */
export function memo<Props extends object>(Inner: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]);
      return [...keys].some(
        (key) => this.props[key as keyof Props & keyof typeof this.props] !== next[key as keyof Props],
      );
    }

    override render(): JSX.Element {
      return <Inner {...(this.props as Props)} />;
    }
  };
}
