import type { PeerId } from "@libp2p/interface";

export type TroubledService = "lightpush" | "store";

/** A message that was refused is sent again in seconds; a service node that refuses three in a row means it. */
const REFUSALS_TO_SAY = 3;

/** Which services of connected service nodes do not do their part, in words for people. */
export interface Troubles {
  /** The service did not do what was asked of it, and why. */
  refused(peer: PeerId, service: TroubledService, words: string): void;
  /** What it gave cannot be, which one look shows. */
  senseless(peer: PeerId, service: TroubledService, words: string): void;
  /** It did. */
  fulfilled(peer: PeerId, service: TroubledService): void;
  of(peer: PeerId): string | undefined;
}

interface Trouble {
  readonly times: number;
  readonly words: string;
}

/** Of the service nodes of one network, which are a few. `onChange` is called after each change of what `of` returns. */
export function createTroubles(onChange: () => void): Troubles {
  const troubles = new Map<string, Trouble>();
  const keyOf = (peer: PeerId, service: TroubledService): string => `${service} ${peer.toString()}`;

  function note(key: string, trouble: Trouble | undefined): void {
    const before = saidOf(troubles.get(key));
    if (trouble === undefined) troubles.delete(key);
    else troubles.set(key, trouble);
    if (saidOf(trouble) !== before) onChange();
  }

  return {
    refused: (peer, service, words) => {
      const key = keyOf(peer, service);
      note(key, { times: (troubles.get(key)?.times ?? 0) + 1, words });
    },
    senseless: (peer, service, words) => note(keyOf(peer, service), { times: REFUSALS_TO_SAY, words }),
    fulfilled: (peer, service) => note(keyOf(peer, service), undefined),
    of: (peer) => saidOf(troubles.get(keyOf(peer, "lightpush"))) ?? saidOf(troubles.get(keyOf(peer, "store"))),
  };
}

function saidOf(trouble: Trouble | undefined): string | undefined {
  return trouble !== undefined && trouble.times >= REFUSALS_TO_SAY ? trouble.words : undefined;
}
