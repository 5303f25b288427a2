import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOperationId, parseOperationId } from '../../src/shards/operation-id.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const ORIGIN = '0b9c7c1e-52a5-4d0e-9d4f-8a2f0c5d7e31';

describe('an operation id', () => {
  it('names the operation, and its commit in each shard', () => {
    const commits = [
      { shard: 'shard-0', version: 4097 },
      { shard: 'shard-3', version: 9 },
    ];
    const text = `${ORIGIN}@shard-0.4097,shard-3.9`;
    expect(formatOperationId({ origin: ORIGIN, commits })).toBe(text);
    expect(parseOperationId(text)).toEqual({ origin: ORIGIN, commits });
  });

  const runs = propertyRuns(40);
  it(`is read as it was written, whatever shards are called (${describeRuns(runs)})`, () => {
    const commit = fc.record({
      shard: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
      version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    });
    const commits = fc.uniqueArray(commit, { minLength: 1, maxLength: 8, selector: ({ shard }) => shard });
    const id = fc.record({ origin: fc.uuid(), commits });
    fc.assert(
      fc.property(id, (each) => {
        expect(parseOperationId(formatOperationId(each))).toEqual(each);
      }),
      runs,
    );
  });

  it('is refused where it is none', () => {
    const wrong = [
      '',
      ORIGIN,
      `${ORIGIN}@`,
      '@shard-0.1',
      'operation@shard-0.1',
      `${ORIGIN.toUpperCase()}@shard-0.1`,
      `${ORIGIN}@shard-0`,
      `${ORIGIN}@.1`,
      `${ORIGIN}@shard-0.0`,
      `${ORIGIN}@shard-0.01`,
      `${ORIGIN}@shard-0.-1`,
      `${ORIGIN}@shard-0.9007199254740993`,
      `${ORIGIN}@shard-0.1,`,
      `${ORIGIN}@shard-0.1,shard-0.2`,
      `${ORIGIN}@shard 0.1`,
      `${ORIGIN}@%zz.1`,
      `${ORIGIN}@${Array.from({ length: 1025 }, (_, index) => `s${index}.1`).join()}`,
    ];
    for (const text of wrong) {
      expect(() => parseOperationId(text), text).toThrowError(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    }
  });
});
