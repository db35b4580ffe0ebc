/**
 * libp2p 2.8 calls `Promise.withResolvers`, which Node has only from version 22. The library's own transport sees to that by
 * itself; import this module FIRST in every other Node entry point that runs libp2p.
 */
import { ensurePromiseWithResolvers } from "../src/transport/waku/node/promise-with-resolvers.ts";

ensurePromiseWithResolvers();
