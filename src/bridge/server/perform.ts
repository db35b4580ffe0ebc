import type { ChannelClient } from "../../channel/api/channel-client.ts";
import type { ChannelHost } from "../../channel/api/channel-host.ts";
import type { ChannelRequest, HostRequest } from "../protocol/protocol.ts";

/** Calls the method of the host that was asked for; the switch covers them all. */
export async function performOnHost(host: ChannelHost, request: HostRequest): Promise<unknown> {
  switch (request.method) {
    case "channels":
      return host.channels();
    case "create":
      return host.create(request.params);
    case "preview":
      return host.preview(request.params.invite);
    case "join":
      return host.join(request.params);
    case "leave":
      await host.leave(request.params.channel);
      return null;
  }
}

/** Calls the method of the channel that was asked for. */
export async function performOnChannel(client: ChannelClient, request: ChannelRequest): Promise<unknown> {
  switch (request.method) {
    case "snapshot":
      return request.params.limit === null ? client.snapshot() : client.snapshot(request.params.limit);
    case "newestStored":
      return client.newestStored();
    case "page":
      return client.page(request.params.before, request.params.limit);
    case "send":
      return client.send(request.params);
    case "sendEphemeral":
      await client.sendEphemeral(request.params);
      return null;
    case "sendAgain":
      await client.sendAgain(request.params.id);
      return null;
    case "stopSending":
      await client.stopSending(request.params.id);
      return null;
    case "remove":
      await client.remove(request.params.id);
      return null;
    case "fetchAgain":
      await client.fetchAgain(request.params.id);
      return null;
    case "correctClock":
      await client.correctClock(request.params.correctionMs);
      return null;
    case "details":
      return client.details(request.params.id);
    case "markRead":
      await client.markRead(request.params.upTo);
      return null;
  }
}
