/**
 * By which address a request is counted. Cloudflare sets the header, whatever a client sends; without it, requests come from this machine
 * or from another Worker. Of IPv6 it is the network of 64 bits, of which a subscriber has all addresses.
 */
export function clientAddress({ headers }: Request): string {
  const address = headers.get('cf-connecting-ip');
  if (address === null) return LOCAL;
  if (!address.includes(':')) return address;
  // Two notations of an address become one.
  const url = `http://[${address}]`;
  return URL.canParse(url) ? networkOf(new URL(url).hostname.slice(1, -1)) : address;
}

const LOCAL = 'local';

/** @param address as URLs write it: in lower case, without zeros in front, with one `::` at most. */
function networkOf(address: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? [];
  if (high !== undefined && low !== undefined) return ipv4Of(Number.parseInt(high, 16), Number.parseInt(low, 16));
  const [before = '', after] = address.split('::');
  const front = before === '' ? [] : before.split(':');
  const back = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : 8 - front.length - back.length;
  const parts = [...front, ...Array<string>(zeros).fill('0'), ...back];
  return `${parts.slice(0, 4).join(':')}::/64`;
}

/** An IPv4 address that is written as IPv6. */
const ipv4Of = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
