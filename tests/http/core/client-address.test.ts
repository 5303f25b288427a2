import { expect, it } from 'vitest';
import { clientAddress } from '../../../src/http/core/client-address.ts';

const of = (address: string) =>
  clientAddress(new Request('http://127.0.0.1', { headers: { 'cf-connecting-ip': address } }));

it.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::ffff', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:0:0:0:1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['no:address', 'no:address'],
])('%s is counted as %s', (address, counted) => {
  expect(of(address)).toBe(counted);
});

it('headers that clients set mean nothing', () => {
  const headers = { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7', 'x-real-ip': '203.0.113.7' };
  expect(clientAddress(new Request('http://127.0.0.1', { headers }))).toBe('local');
});
