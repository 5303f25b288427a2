/** Random `where` arguments over a model's tables, relations included, made of values that its rows have. */
import fc, { type Arbitrary } from 'fast-check';
import { wireToOutput } from '../../src/model/codec.ts';
import type { ColumnModel, Model, TableModel } from '../../src/model/types.ts';
import type { Tables, Where } from './naive-where.ts';

/** `relations`: how many levels of related rows. */
export function arbitraryWhere(model: Model, tables: Tables, type: string, relations: number): Arbitrary<Where> {
  const table = model.table(type);
  const plain = columnWhere(tables, table);
  const terms: Arbitrary<Where>[] = [plain];
  if (relations > 0) {
    for (const { name, kind, targetType, colocated } of table.relations) {
      const inner = fc.oneof(
        { weight: 1, arbitrary: fc.constant({}) },
        { weight: 6, arbitrary: arbitraryWhere(model, tables, targetType, relations - 1) },
      );
      const where: Arbitrary<Where> =
        kind === 'one'
          ? inner
          : fc.tuple(fc.constantFrom('some', 'every', 'none'), inner).map(([quantifier, is]) => ({ [quantifier]: is }));
      terms.push(where.map((is) => ({ [name]: is })));
      if (kind === 'many' && colocated) {
        const target = model.table(targetType);
        terms.push(aggregateWhere(target, inner).map((is) => ({ [`${name}Aggregate`]: is })));
      }
    }
  }
  const term = fc.oneof({ weight: relations > 0 ? 1 : 3, arbitrary: plain }, ...terms);
  return fc.oneof(
    { weight: 5, arbitrary: term },
    { weight: 1, arbitrary: term.map((NOT) => ({ NOT })) },
    { weight: 1, arbitrary: fc.array(term, { maxLength: 2 }).map((AND) => ({ AND })) },
    { weight: 1, arbitrary: fc.array(term, { maxLength: 2 }).map((OR) => ({ OR })) },
    { weight: 1, arbitrary: fc.tuple(term, term).map(([a, b]) => ({ ...a, ...b })) },
  );
}

/** Conditions on counts, and on aggregates of columns of numbers. */
function aggregateWhere({ columns }: TableModel, where: Arbitrary<Where>): Arbitrary<Where> {
  const number = (bound: number) =>
    fc.tuple(fc.constantFrom('eq', 'ne', 'gt', 'lte'), fc.nat(bound)).map(([op, operand]) => ({ [op]: operand }));
  const numbers = columns.filter(({ wire, scalar }) => wire === 'int' && scalar === 'Int');
  const terms: Arbitrary<Where>[] = [number(4).map((count) => ({ count }))];
  if (numbers.length > 0) {
    const of = fc.constantFrom(...numbers.map(({ name }) => name));
    terms.push(
      fc
        .tuple(fc.constantFrom('sum', 'avg', 'min', 'max', 'countDistinct'), of, number(5))
        .map(([aggregate, column, is]) => ({ [aggregate]: { [column]: is } })),
    );
  }
  const conditions = fc.tuple(...terms).map((all) => Object.assign({}, ...all) as Where);
  return fc
    .tuple(fc.oneof(...terms, conditions), fc.option(where, { nil: undefined }))
    .map(([conditions, where]) => ({ ...conditions, ...(where && { where }) }));
}

const columnWhere = (tables: Tables, table: TableModel): Arbitrary<Where> =>
  fc.constantFrom(...table.columns).chain((column) => {
    const value = presentValue(tables, table, column);
    const isOrdered = !['Boolean', 'Enum'].includes(column.scalar);
    return fc
      .oneof(
        fc
          .tuple(fc.constantFrom('eq', 'ne', ...(isOrdered ? ['gt', 'gte', 'lt', 'lte'] : [])), value)
          .map(([op, operand]) => ({ [op]: operand })),
        fc
          .tuple(fc.constantFrom('in', 'notIn'), fc.array(value, { maxLength: 3 }))
          .map(([op, operand]) => ({ [op]: operand })),
        fc.boolean().map((isNull) => ({ isNull })),
        ...(column.wire === 'text' && isOrdered
          ? [
              fc
                .tuple(fc.constantFrom('icontains', 'ieq', 'ilike', 'like', 'startsWith'), value)
                .map(([op, operand]) => ({ [op]: operand })),
            ]
          : []),
      )
      .map((operators) => ({ [column.name]: operators }));
  });

/** Values of the column, as GraphQL has them. */
const presentValue = (tables: Tables, table: TableModel, column: ColumnModel): Arbitrary<unknown> => {
  const present = tables[table.typeName]!.map((row) => row[column.name] ?? null).filter((value) => value !== null);
  return fc.constantFrom(...new Set(present)).map((value) => wireToOutput(column, value));
};
