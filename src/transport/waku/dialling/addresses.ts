/** `127.0.0.1:8645` of `/ip4/127.0.0.1/tcp/8645/ws/p2p/...`, for words that people read. */
export function hostOf(address: string): string {
  const [, , host, , port] = address.split("/");
  return host !== undefined && port !== undefined ? `${host}:${port}` : address;
}

/** True for an address of this machine. */
export function isLoopback(address: string): boolean {
  return /^\/(ip4\/127\.|ip6\/::1\/|dns[46]?\/localhost\/)/.test(address);
}
