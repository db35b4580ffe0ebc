export const LightPush: () => never;
export const waitForRemotePeer: () => never;
