/** Ids nobody else has. `crypto.randomUUID` is missing where the page comes over plain http from another host. */

/** `bytes` random bytes as hexadecimal digits. */
export function randomId(bytes: number): string {
  const drawn = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
