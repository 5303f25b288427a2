import { describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { DEFAULT_CACHE_POLICY } from '../../src/model/types.ts';
import { notes, testRefusedModels } from './refused-model.ts';

const withCache = (cache: CacheOptions<'id' | 'owner'>) =>
  defineModel({ Note: { table: notes(), shardKey: 'owner', cache } });

const policyOf = (cache: CacheOptions<'id' | 'owner'>) => withCache(cache).table('Note').cache;

testRefusedModels('Models with unsound cache policies', {
  'a mode that does not exist': {
    define: () => withCache({ mode: 'FRESH' as never }),
    where: ['"notes"', 'cache'],
    message: /mode to be one of STRONG, BOUNDED, SESSION, CACHED, but got "FRESH"/,
  },
  'a mode stronger than the strongest': {
    define: () => withCache({ mode: 'STRONG', strongest: 'SESSION' }),
    where: ['"notes"'],
    message: /in this order .*, but got SESSION, STRONG, CACHED/,
  },
  'a mode weaker than the weakest': {
    define: () => withCache({ mode: 'CACHED', weakest: 'BOUNDED' }),
    where: ['"notes"'],
    message: /in this order .*, but got STRONG, CACHED, BOUNDED/,
  },
  'a refresh that does not exist': {
    define: () => withCache({ refresh: 'all' as never }),
    where: ['"notes"', 'cache'],
    message: /refresh to be one of none, hot, but got "all"/,
  },
  'a bound of no time': {
    define: () => withCache({ maxStalenessMs: 0 }),
    where: ['"notes"'],
    message: /maxStalenessMs to be a whole number from 1 to 3600000, but got 0/,
  },
  'a ttl of part of a second': {
    define: () => withCache({ ttlSeconds: 0.5 }),
    where: ['"notes"'],
    message: /ttlSeconds of at least 1 .*, but got 0.5 and 30/,
  },
  'a life of more than an hour': {
    define: () => withCache({ ttlSeconds: 3_000, swrSeconds: 601 }),
    where: ['"notes"'],
    message: /together at most 3600, but got 3000 and 601/,
  },
  'a strong column that the table lacks': {
    define: () => withCache({ strongColumns: ['balance' as never] }),
    where: ['"notes"', '"balance"'],
    message: /strongColumns to name columns of the table, but got "balance"/,
  },
});

describe('Cache policies', () => {
  it('are strong and cacheable unless declared otherwise', () => {
    const model = defineModel({ Note: { table: notes(), shardKey: 'owner' } });
    expect(model.table('Note').cache).toEqual(DEFAULT_CACHE_POLICY);
  });

  it('have the strongest allowed mode if none is declared', () => {
    expect(policyOf({ strongest: 'SESSION' }).mode).toBe('SESSION');
    expect(policyOf({ ttlSeconds: 5 })).toMatchObject({ mode: 'STRONG', ttlSeconds: 5, swrSeconds: 30 });
  });

  it('name columns that the compiler knows', () => {
    const table = notes();
    // @ts-expect-error: no such column
    const cache: CacheOptions<keyof typeof table._.columns> = { strongColumns: ['nothing'] };
    expect(() => defineModel({ Note: { table, shardKey: 'owner', cache } })).toThrow('got "nothing"');
  });
});
