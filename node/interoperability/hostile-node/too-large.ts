import { proto_lightpush } from "@waku/proto";
import { LIGHTPUSH_CODEC } from "../../../src/transport/waku/wire/codecs.ts";
import type { RequestHandler } from "../../service-node/services/serve-requests.ts";
import { addressesOf } from "./bench.ts";
import { missesOf, type Scenario } from "./scenario.ts";

const TOO_LARGE = 413;

export const tooLarge: Scenario = {
  name: "too-large",
  misdeed: "Its lightpush says 413 to a message of half a kilobyte, and a second one does so too.",
  mustHold:
    "The message goes to the third service node at once; with the liars alone it waits, and goes when another one is there.",
  run: async (bench) => {
    let refusals = 0;
    const refusing: RequestHandler = (body) => {
      refusals++;
      const { requestId } = proto_lightpush.LightPushRequestV3.decode(body);
      const statusDesc = "the message is too large";
      return proto_lightpush.LightPushResponseV3.encode({ requestId, statusCode: TOO_LARGE, statusDesc });
    };
    const liars = [
      await bench.hostile({ [LIGHTPUSH_CODEC]: refusing }),
      await bench.hostile({ [LIGHTPUSH_CODEC]: refusing }),
    ];
    const bad = liars.flatMap(addressesOf);
    const { multiaddr } = await bench.honest();
    const ada = await bench.participant("Ada", [...bad, multiaddr]);
    const bob = await bench.participant("Bob", [multiaddr], ada.inviteCode);
    await ada.say("hello");
    const came = await bench.comesAbout(async () => (await bob.texts()).includes("hello"));
    const before = refusals;

    const cleo = await bench.participant("Cleo", bad);
    await cleo.say("hello");
    await bench.comesAbout(() => refusals > before + 4);
    const stateOf = async (): Promise<string> => (await cleo.has("hello", 1_000)).delivery.state.kind;
    const state = await stateOf();
    return {
      misses: missesOf({
        "the third one took it": came,
        [`it is not failed for good, but "${state}"`]: state !== "failed",
      }),
      measured: { refusals },
    };
  },
};
