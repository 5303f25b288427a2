import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnModel, Model, TableModel, WireKind, WireValue } from '../../../src/model/types.ts';
import { FULL_ACCESS } from '../../../src/plans/access/access-rules.ts';
import { listOrder, type OrderByInput } from '../../../src/plans/arguments/order.ts';
import { PlanValues } from '../../../src/plans/plan-values.ts';
import {
  type CursorScope,
  cursorFormat,
  decodeCursor,
  encodeCursor as encode,
  type Position,
} from '../../../src/plans/tokens/cursor.ts';
import { decodeToken, encodeToken, type TokenPart } from '../../../src/plans/tokens/token.ts';
import model from '../../../src/schema/model.ts';
import { ShardQLError } from '../../../src/shards/errors.ts';

const orders = model.table('Order');
const scopeOf = (orderBy: OrderByInput, list = 'Query.orders'): CursorScope => {
  const { terms, computed } = listOrder({ model, access: FULL_ACCESS, values: new PlanValues() }, orders, orderBy);
  return { list, model, table: 'Order', computed, orderBy: terms, rankedBy: null };
};

const encodeCursor = (scope: CursorScope, position: Position): string => encode(cursorFormat(scope), position);

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof ShardQLError) return error.code;
    throw error;
  }
  return 'no error';
};

const text = fc.string({ unit: 'binary', maxLength: 40 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const VALUES: Readonly<Record<WireKind, fc.Arbitrary<WireValue>>> = {
  text,
  int: fc.maxSafeInteger(),
  int64,
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  decimal: fc.integer().map((value) => `${value}.25`),
  blob: fc
    .uint8Array({ maxLength: 20 })
    .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')),
  bigintBlob: int64,
  jsonBlob: text.map((value) => JSON.stringify(value)),
};

/** A table of nullable columns of every kind, and positions in it. */
const kinds = Object.keys(VALUES) as WireKind[];
const columns = kinds.map((wire) => ({ name: wire, wire, notNull: false }) as ColumnModel);
const everyKind = {
  typeName: 'EveryKind',
  columnByName: new Map(columns.map((column) => [column.name, column])),
} as Partial<TableModel> as TableModel;
const everyScope: CursorScope = {
  list: 'Query.everyKinds',
  model: { tableByType: new Map([['EveryKind', everyKind]]), table: () => everyKind } as Partial<Model> as Model,
  table: 'EveryKind',
  computed: [],
  orderBy: kinds.map((column) => ({ column, descending: false, nullsFirst: true })),
  rankedBy: null,
};
const position = fc.tuple(...kinds.map((wire) => fc.option(VALUES[wire])));

describe('a cursor', () => {
  it('gives back nulls, 64-bit integers, bytes and any text exactly', () => {
    fc.assert(
      fc.property(position, (values) => {
        expect(decodeCursor(everyScope, 'after', encodeCursor(everyScope, values))).toEqual(values);
      }),
    );
  });

  it('is the only text of its position, and is refused or another position’s after any change', () => {
    fc.assert(
      fc.property(position, fc.nat(), fc.nat({ max: 7 }), (values, place, bit) => {
        const cursor = encodeCursor(everyScope, values);
        const index = place % cursor.length;
        const flipped = String.fromCharCode(cursor.charCodeAt(index) ^ (1 << bit));
        const changed = cursor.slice(0, index) + flipped + cursor.slice(index + 1);
        let other: Position;
        try {
          other = decodeCursor(everyScope, 'after', changed);
        } catch (error) {
          expect((error as ShardQLError).code).toBe('BAD_USER_INPUT');
          return;
        }
        expect(other).not.toEqual(values);
        expect(encodeCursor(everyScope, other)).toBe(changed);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused when cut short or made longer', () => {
    fc.assert(
      fc.property(position, fc.nat(), (values, length) => {
        const cursor = encodeCursor(everyScope, values);
        const short = cursor.slice(0, length % cursor.length);
        for (const damaged of [short, `${cursor}5D`, `${cursor}A`, `${cursor}=`, ` ${cursor}`, cursor.toLowerCase()]) {
          expect(codeOf(() => decodeCursor(everyScope, 'before', damaged))).toBe('BAD_USER_INPUT');
        }
      }),
    );
  });

  it('is refused in another order, direction, null position or list', () => {
    const cursor = encodeCursor(scopeOf([{ note: 'ASC' }]), ['n', 't1', 'o1']);
    expect(decodeCursor(scopeOf([{ note: 'ASC' }]), 'after', cursor)).toEqual(['n', 't1', 'o1']);
    for (const other of [
      scopeOf([{ note: 'DESC' }]),
      scopeOf([{ note: 'ASC_NULLS_LAST' }]),
      scopeOf([{ status: 'ASC' }]),
      scopeOf([{ customer: { name: 'ASC' } }]),
      scopeOf([{ itemsAggregate: { max: { id: 'ASC' } } }]),
      scopeOf([{ note: 'ASC' }], 'Customer.orders'),
    ]) {
      expect(codeOf(() => decodeCursor(other, 'after', cursor))).toBe('BAD_USER_INPUT');
    }
  });

  it('is refused when forged with values that its columns cannot hold', () => {
    const scope = scopeOf([{ totalCents: 'ASC' }]);
    const [list, hash] = decodeToken(encodeCursor(scope, [1, 't', 'o'])) as [string, number];
    const forge = (payload: unknown) => encodeToken(payload as TokenPart[]);
    expect(codeOf(() => decodeCursor(scope, 'after', forge([list, hash, 1, 't', 'o'])))).toBe('no error');
    for (const values of [
      [],
      [1, 't'],
      [1, 't', 'o', 'more'],
      ['1', 't', 'o'],
      [1.5, 't', 'o'],
      [2 ** 60, 't', 'o'],
      [null, 't', 'o'],
      [1, ['t'], 'o'],
      [1, { t: 1 }, 'o'],
      [1, 't', true],
      [1, '\ud800', 'o'],
    ]) {
      expect(
        codeOf(() => decodeCursor(scope, 'after', forge([list, hash, ...values]))),
        JSON.stringify(values),
      ).toBe('BAD_USER_INPUT');
    }
    const related = scopeOf([
      { customer: { name: 'ASC' } },
      { itemsAggregate: { avg: { quantity: 'DESC' } } },
      { itemsAggregate: { count: 'DESC' } },
    ]);
    expect(related.orderBy.map(({ column }) => column).slice(0, 3)).toEqual([
      '#customer.name',
      '#itemsAggregate.avg.quantity',
      '#itemsAggregate.count',
    ]);
    const codeOfValues = (...values: WireValue[]) =>
      codeOf(() => decodeCursor(related, 'before', encodeCursor(related, values)));
    expect(codeOfValues('n', 1.5, 3, 't', 'o')).toBe('no error');
    expect(codeOfValues(null, null, 0, 't', 'o')).toBe('no error');
    expect(codeOfValues(1, 1.5, 3, 't', 'o')).toBe('BAD_USER_INPUT');
    const start = decodeToken(encodeCursor(related, ['n', 1.5, 3, 't', 'o']))!.slice(0, 3);
    const codeOfAverage = (part: unknown) =>
      codeOf(() => decodeCursor(related, 'before', forge([...start, part, 3, 't', 'o'])));
    expect(codeOfAverage('1.5e+00')).toBe('no error');
    for (const part of [1.5, '1.5', '1.50e+00', '15.0e-01', '1.5e+0', '1.5e+999', 'NaN', ['1.5e+00']]) {
      expect(codeOfAverage(part), String(part)).toBe('BAD_USER_INPUT');
    }
    expect(codeOfValues('n', 1.5, null, 't', 'o')).toBe('BAD_USER_INPUT');
    expect(codeOfValues('n', 1.5, 2.5, 't', 'o')).toBe('BAD_USER_INPUT');
    for (const payload of [null, 1, 'x', [], [list], [list, hash], { list }, [list, hash, [1, 't', 'o']]]) {
      expect(codeOf(() => decodeCursor(scope, 'after', forge(payload)))).toBe('BAD_USER_INPUT');
    }
  });

  it('is refused whatever text it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.uint8Array().map((bytes) => bytes.toHex().toUpperCase()),
        ),
        (garbage) => {
          expect(codeOf(() => decodeCursor(scopeOf([]), 'after', garbage))).toBe('BAD_USER_INPUT');
        },
      ),
    );
  });
});
