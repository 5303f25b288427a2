import { expect, it } from 'vitest';
import { closestName } from '../../src/lib/closest-name.ts';

const ROLES = ['admin', 'anonymous', 'customer', 'operator'];

it.each([
  ['custmer', 'customer'],
  ['cutsomer', 'customer'],
  ['Admin', 'admin'],
  ['admins', 'admin'],
  ['opreator', 'operator'],
  ['admni', 'admin'],
])('finds what was meant: %s', (given, meant) => {
  expect(closestName(given, ROLES)).toBe(meant);
});

it.each(['', 'x', 'partner', 'auditor', 'ad', 'c'.repeat(64)])('names nothing that is far away: %j', (given) => {
  expect(closestName(given, ROLES)).toBeUndefined();
});

it('finds names of a letter', () => {
  expect(closestName('b', ['a'])).toBe('a');
  expect(closestName('bb', [])).toBeUndefined();
});
