/** What the cache says of an access rule and a row is what SQLite says of them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holds, isDecidedByRow } from '../../../../src/cache/entries/row-access.ts';
import type { WireValue } from '../../../../src/model/types.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import type { PlanValue } from '../../../../src/shards/plan/value.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { columnValue, rowOf } from './arbitraries.ts';
import { inDatabase, plan, type WireRow } from './lab-database.ts';

const runs = propertyRuns(300);
const { seed } = runs;
const table = model.table('Sample');
const columns = table.columns.filter(
  ({ wire, generated }) => ['text', 'int', 'int64', 'blob'].includes(wire) && !generated,
);

const rows: readonly WireRow[] = fc
  .sample(rowOf(table, { accountId: fc.constant('a'), id: fc.nat(100_000).map(String) }), { seed, numRuns: 60 })
  .map((row, at) => ({ ...row, id: String(at), wide: `${at}` }));

/** Values that rows have, mostly: others make every rule false. */
const operand = (name: string): fc.Arbitrary<WireValue> => {
  const there = rows.map((row) => row[name] ?? null).filter((value) => value !== null);
  const any = columnValue(table.columnByName.get(name)!);
  return there.length === 0 ? any : fc.oneof({ arbitrary: fc.constantFrom(...there), weight: 4 }, any);
};

interface Draft {
  readonly op: string;
  readonly column?: string;
  readonly value?: PlanValue;
  readonly isNull?: boolean;
  readonly terms?: readonly Draft[];
}

const leaf: fc.Arbitrary<Draft> = fc.constantFrom(...columns.map(({ name }) => name)).chain((column) =>
  fc.oneof(
    fc.record({ op: fc.constantFrom('eq', 'ne'), column: fc.constant(column), value: operand(column) }),
    fc.record({
      op: fc.constantFrom('in', 'notIn'),
      column: fc.constant(column),
      value: fc.array(operand(column), { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant('isNull'), column: fc.constant(column), isNull: fc.boolean() }),
  ),
) as fc.Arbitrary<Draft>;

const { draft } = fc.letrec<{ draft: Draft }>((tie) => ({
  draft: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ op: fc.constantFrom('and', 'or'), terms: fc.array(tie('draft'), { maxLength: 3 }) }),
    fc.record({ op: fc.constantFrom('not', 'isTrue'), terms: fc.tuple(tie('draft')) }),
  ),
}));

function filterOf({ op, column, value, isNull, terms }: Draft, values: PlanValue[]): Filter {
  if (terms && (op === 'and' || op === 'or')) return { op, terms: terms.map((term) => filterOf(term, values)) };
  if (terms) return { op: op as 'not', term: filterOf(terms[0]!, values) };
  if (op === 'isNull') return { op, column: column!, isNull: isNull! };
  const ref = values.push(value!) - 1;
  return op === 'in' || op === 'notIn'
    ? { op, column: column!, list: ref }
    : { op: op as 'eq', column: column!, value: ref };
}

it(`an access rule says of a row what SQLite says: ${describeRuns(runs)}`, () =>
  inDatabase(model, bundle, (database) => {
    database.insert('Sample', rows);
    let seen = 0;
    fc.assert(
      fc.property(draft, (rule) => {
        const values: PlanValue[] = [];
        const access = filterOf(rule, values);
        expect(isDecidedByRow(model, 'Sample', access)).toBe(true);
        const keys = rows.map(({ id }) => ['a', id!]);
        const node = plan({ table: 'Sample', match: ['accountId', 'id'], columns: ['id'], access });
        const answers = database.run(node, { values, keys });
        const expected = rows.map((row) => holds(access, (column) => row[column] ?? null, values) === true);
        expect(answers.map((answer) => answer !== null)).toEqual(expected);
        seen += expected.filter(Boolean).length;
      }),
      runs,
    );
    expect(seen).toBeGreaterThan(0);
  }));
