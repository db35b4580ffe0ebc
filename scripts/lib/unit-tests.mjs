/**
 * Tests that replace a module, or look at what happens when one is loaded: what another test has loaded before would be in
 * their way. All others share the modules of their process, and leave them as they found them.
 */
export const NEED_THEIR_OWN_PROCESS = [
  "extension/background/open-host.test.ts",
  "src/channel/host/channel-stops.test.ts",
  "src/identity/secrecy/payload-encryption.test.ts",
  "src/sds/evidence/unfinished-walks.property.test.ts",
  "src/transport/waku/waku-transport.test.ts",
  "web-demo/recover-participants.test.ts",
  "web-demo/storage-promise.test.ts",
];
