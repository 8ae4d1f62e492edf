/** Ids that look like the service's, made from a request's hash so that the same request gets the same ids. Pure. */

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Letters and digits that cannot be mistaken for each other, from hex digits. */
export function base58Id(hex: string, length: number): string {
  let rest = BigInt(`0x0${hex}`);
  let id = '';
  for (let position = 0; position < length; position += 1) {
    id += base58[Number(rest % 58n)];
    rest /= 58n;
  }
  return id;
}

/** A version 4 UUID from at least 32 hex digits. */
export function uuidFrom(hex: string): string {
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
