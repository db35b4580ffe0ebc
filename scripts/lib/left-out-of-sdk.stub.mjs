/** Stands in for the modules that `left-out-of-sdk.ts` lists. What is here is what the SDK names of them; a test compares. */
function leftOut() {
  throw new Error("This part of @waku/sdk is left out of this build: Hearback does not use it.");
}

export const LightPush = leftOut;
export const waitForRemotePeer = leftOut;
