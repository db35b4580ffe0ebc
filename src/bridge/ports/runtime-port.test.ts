import { expect, it, vi } from "vitest";
import { ChannelError } from "../../channel/api/channel-client.ts";
import { runtimePortPair } from "../testing/runtime-port-pair.ts";
import { MAX_MESSAGE_CHARACTERS, runtimePort } from "./runtime-port.ts";

it("a message that no browser carries is refused, and the port stays open", async () => {
  const [page, worker] = runtimePortPair();
  const port = runtimePort(page);
  const heard: unknown[] = [];
  runtimePort(worker).onMessage((message) => heard.push(message));
  port.onClose(() => heard.push("closed"));
  expect(() => port.post("x".repeat(MAX_MESSAGE_CHARACTERS))).toThrow(ChannelError);
  port.post("short");
  await vi.waitFor(() => expect(heard).toContain("short"), 10_000);
  expect(heard).toEqual(["short"]);
});

it("a port that the browser refuses to post to closes at both ends", async () => {
  const [page, worker] = runtimePortPair();
  const port = runtimePort({
    ...worker,
    postMessage: () => {
      throw new Error("Message length exceeded maximum allowed length.");
    },
  });
  const closed: string[] = [];
  port.onClose(() => closed.push("worker"));
  runtimePort(page).onClose(() => closed.push("page"));
  port.post("anything");
  await vi.waitFor(() => expect(closed).toContain("page"), 10_000);
  expect(closed).toEqual(["worker", "page"]);
});
