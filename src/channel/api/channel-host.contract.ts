import { asChannelId, asMessageId } from "../../sds/wire/ids.ts";
import { assertEqual, assertTrue } from "../../storage/testing/assert.ts";
import { type ContractCase, chats, expectCode, hostCase, QUICK, say, until } from "../testing/contract-fixture.ts";
import { hostInputCases } from "../testing/input-cases.ts";
import type { ChannelSummary } from "./channel-host.ts";

const NOT_JOINED = asChannelId("AAAAAAAAAAAAAAAAAAAAAA");
const names = (channels: readonly ChannelSummary[]): string[] => channels.map(({ name }) => name);

/** What every `ChannelHost` does, in the same thread or over a bridge. */
export const channelHostContract: readonly ContractCase[] = [
  hostCase("begins without channels, and says so at once", async ({ host }) => {
    assertEqual(await host.channels(), [], "channels");
    const lists: (readonly ChannelSummary[])[] = [];
    host.watchChannels((channels) => lists.push(channels));
    assertEqual(await until("the first list", () => lists[0] ?? null), [], "the first list");
  }),

  hostCase("a channel that was created is listed, and whoever watches is told", async ({ host }) => {
    const lists: (readonly ChannelSummary[])[] = [];
    host.watchChannels((channels) => lists.push(channels));
    const created = await host.create(QUICK);
    assertEqual([created.name, created.network.preset], ["Harbour", "local"], "name and network");
    assertEqual(await host.channels(), [created], "channels");
    await until("the list with it", () => (lists.at(-1)?.length ?? 0) === 1);
    const late: (readonly ChannelSummary[])[] = [];
    host.watchChannels((channels) => late.push(channels));
    assertEqual(names(await until("the list at once", () => late[0] ?? null)), ["Harbour"], "told to who came late");
  }),

  hostCase("a watcher that left is not told", async ({ host }) => {
    let [calls, longest] = [0, -1];
    const stop = host.watchChannels(() => calls++);
    host.watchChannels(({ length }) => {
      longest = length;
    });
    await until("the first list", () => calls > 0 && longest === 0);
    stop();
    stop();
    const before = calls;
    await host.create(QUICK);
    await host.create(QUICK);
    await until("both lists for who stayed", () => longest === 2);
    assertEqual(calls, before, "calls after leaving");
  }),

  hostCase("own service nodes make a custom network", async ({ host }) => {
    const multiaddrs = ["/ip4/127.0.0.1/tcp/60001/ws/p2p/16Uiu2HAm4v86W3bmT1BiH6oSPzcsSr24iDQpSN5Qa992BCjjwgrD"];
    const created = await host.create({ ...QUICK, multiaddrs });
    assertEqual(created.network, { preset: "custom", multiaddrs }, "network");
    assertEqual((await host.preview(created.inviteCode)).network, created.network, "network in the preview");
  }),

  hostCase("an invite is previewed before joining, and joined once", async ({ host, other }) => {
    const created = await host.create(QUICK);
    const preview = await other.preview(created.inviteCode);
    const { id, name, network, profile, joined } = preview;
    const expected = { id: created.id, name: "Harbour", network: created.network, profile: "community", joined: false };
    assertEqual({ id, name, network, profile, joined }, expected, "preview");
    assertTrue(
      /^[0-9a-f]{4}( [0-9a-f]{4}){3}$/.test(preview.ownerFingerprint),
      `fingerprint ${preview.ownerFingerprint}`,
    );
    assertEqual(await other.channels(), [], "channels after the preview");
    const request = { invite: created.inviteCode, displayName: "Ben" };
    const twice = await Promise.all([other.join(request), other.join(request)]);
    const again = await other.join(request);
    assertEqual(
      [...twice, again].map(({ id }) => id),
      [id, id, id],
      "ids of three times joining",
    );
    assertEqual((await other.channels()).length, 1, "channels after joining");
    assertEqual((await other.preview(created.inviteCode)).joined, true, "joined in the preview");
    assertEqual((await host.preview(created.inviteCode)).joined, true, "joined where it was created");
  }),

  hostCase("a bad invite is refused with words, and nothing is kept", async ({ host, other }) => {
    const { inviteCode } = await host.create(QUICK);
    const middle = Math.floor(inviteCode.length / 2);
    const swapped = inviteCode[middle] === "A" ? "B" : "A";
    const damaged = `${inviteCode.slice(0, middle)}${swapped}${inviteCode.slice(middle + 1)}`;
    const bad = { empty: "", words: "see you there", "cut off": inviteCode.slice(0, -5), damaged };
    for (const [what, invite] of Object.entries({ ...bad, "far too long": `hearback1${"A".repeat(100_000)}` })) {
      await expectCode(other.preview(invite), "invalid-invite", `preview of an invite that is ${what}`);
      await expectCode(other.join({ invite, displayName: "Ben" }), "invalid-invite", `joining by one that is ${what}`);
    }
    assertEqual(await other.channels(), [], "channels");
  }),

  hostCase("names that cannot be are refused, and nothing is kept", async ({ host, other }) => {
    const { inviteCode } = await host.create(QUICK);
    for (const displayName of ["", "   ", "x".repeat(1_000)]) {
      await expectCode(other.create({ ...QUICK, displayName }), "invalid", `creating as "${displayName.slice(0, 5)}"`);
      await expectCode(
        other.join({ invite: inviteCode, displayName }),
        "invalid",
        `joining as "${displayName.slice(0, 5)}"`,
      );
    }
    await expectCode(other.create({ ...QUICK, name: "" }), "invalid", "a channel without a name");
    await expectCode(other.create({ ...QUICK, parameters: { ackWindowMs: -1 } }), "invalid", "a negative time");
    await expectCode(other.create({ ...QUICK, parameters: { nonsense: 1 } }), "invalid", "an unknown parameter");
    assertEqual(await other.channels(), [], "channels");
  }),

  hostCase("a channel that this device is not in is not found", async ({ host }) => {
    const client = host.open(NOT_JOINED);
    await expectCode(client.snapshot(), "not-found", "snapshot");
    await expectCode(say(client, "hello", "r1"), "not-found", "send");
    await expectCode(client.details(asMessageId("f".repeat(64))), "not-found", "details");
    client.close();
    await host.leave(NOT_JOINED);
  }),

  hostCase("a channel that was left is gone, and can be joined anew", async ({ host }) => {
    const { id, inviteCode } = await host.create(QUICK);
    const client = host.open(id);
    await say(client, "before", "r1");
    const lists: (readonly ChannelSummary[])[] = [];
    host.watchChannels((channels) => lists.push(channels));
    await host.leave(id);
    assertEqual(await host.channels(), [], "channels");
    await until("the empty list", () => lists.at(-1)?.length === 0);
    await expectCode(host.open(id).snapshot(), "not-found", "snapshot of a new client");
    client.close();
    await host.join({ invite: inviteCode, displayName: "Ada again" });
    const again = host.open(id);
    const { me, participants } = await again.snapshot();
    assertEqual(participants.find((each) => each.id === me)?.name, "Ada again", "the name after joining anew");
    again.close();
  }),

  hostCase("a client that stays open while its channel is left does not pretend", async ({ host }) => {
    const { id } = await host.create(QUICK);
    const client = host.open(id);
    await client.snapshot();
    await host.leave(id);
    const outcomes = await Promise.allSettled([client.snapshot(), say(client, "into the void", "r1")]);
    assertEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected"],
      "snapshot and send",
    );
    client.close();
  }),

  hostCase("the list counts what is unread", async ({ host, other }) => {
    const { id, inviteCode } = await host.create(QUICK);
    await other.join({ invite: inviteCode, displayName: "Ben" });
    const lists: (readonly ChannelSummary[])[] = [];
    host.watchChannels((channels) => lists.push(channels));
    const [ada, ben] = [host.open(id), other.open(id)];
    await say(ben, "hello", "r1");
    await until("one unread in the list", () => lists.at(-1)?.[0]?.unread === 1);
    const [hello] = await chats(ada);
    if (hello === undefined) throw new Error("The message that was counted is not in the log.");
    await ada.markRead({ lamport: hello.lamport, id: hello.id });
    await until("none unread in the list", () => lists.at(-1)?.[0]?.unread === 0);
    ada.close();
    ben.close();
  }),

  hostCase("a closed host says so", async ({ host }) => {
    const { id, inviteCode } = await host.create(QUICK);
    const client = host.open(id);
    await client.snapshot();
    await host.close();
    await host.close();
    await expectCode(host.channels(), "closed", "channels");
    await expectCode(host.create(QUICK), "closed", "create");
    await expectCode(host.preview(inviteCode), "closed", "preview");
    await expectCode(host.join({ invite: inviteCode, displayName: "Ada" }), "closed", "join");
    await expectCode(host.leave(id), "closed", "leave");
    await expectCode(client.snapshot(), "closed", "snapshot");
    await expectCode(say(client, "too late", "r1"), "closed", "send");
  }),

  ...hostInputCases,
];
