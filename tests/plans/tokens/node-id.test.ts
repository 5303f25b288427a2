import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNodeId, encodeNodeId } from '../../../src/plans/tokens/node-id.ts';
import { encodeToken, type TokenPart } from '../../../src/plans/tokens/token.ts';
import model from '../../../src/schema/model.ts';

const customers = model.table('Customer');
const key = fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));

describe('a node id', () => {
  it('names a type and any primary key', () => {
    fc.assert(
      fc.property(key, (primaryKey) => {
        const nodeId = encodeNodeId(customers, primaryKey);
        expect(decodeNodeId(model, nodeId)).toEqual({ table: customers, primaryKey });
      }),
    );
  });

  it('differs for different rows', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const isSame = encodeNodeId(customers, one) === encodeNodeId(customers, other);
        expect(isSame).toBe(one[0] === other[0] && one[1] === other[1]);
      }),
    );
  });

  it.each([
    ['an unknown type', ['Nobody', 'a', 'b']],
    ['too short a key', ['Customer', 'a']],
    ['too long a key', ['Customer', 'a', 'b', 'c']],
    ['a null in the key', ['Customer', 'a', null]],
    ['a number in a text key', ['Customer', 'a', 1]],
    ['no list', { type: 'Customer' }],
    ['a type that is an object', [{}, 'a', 'b']],
  ])('is refused with %s', (_, payload) => {
    expect(() => decodeNodeId(model, encodeToken(payload as TokenPart[]))).toThrow(/^Expected a nodeId/);
  });
});
