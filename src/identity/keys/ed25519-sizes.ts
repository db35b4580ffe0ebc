export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
