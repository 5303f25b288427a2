import { QUANTIFIERS, type Quantifier } from '../resolvers/plan/filter-operators.ts';
import type { Builder } from './builder.ts';

/** The filter types of tables, which refer to each other: named when first needed. */
export type WhereTypes = ReturnType<typeof whereTypes>;

const DESCRIPTIONS: Readonly<Record<Quantifier, string>> = {
  some: 'There is a related row for which this holds.',
  every: 'There is no related row for which this does not hold; true where there are none.',
  none: 'There is no related row for which this holds; true where there are none.',
};

export function whereTypes(builder: Builder) {
  const refByName = new Map<string, ReturnType<typeof newRef>>();
  const newRef = (name: string) => builder.inputRef<object>(name);
  const refOf = (name: string) => {
    const ref = refByName.get(name) ?? newRef(name);
    refByName.set(name, ref);
    return ref;
  };
  const whereOf = (typeName: string) => refOf(`${typeName}Where`);
  const listWhereOf = (typeName: string) => {
    const name = `${typeName}ListWhere`;
    if (refByName.has(name)) return refByName.get(name)!;
    return refOf(name).implement({
      description: `Conditions on related rows of ${typeName}; all of them must hold.`,
      fields: (t) =>
        Object.fromEntries(
          QUANTIFIERS.map((quantifier) => [
            quantifier,
            t.field({ type: whereOf(typeName), description: DESCRIPTIONS[quantifier] }),
          ]),
        ),
    });
  };
  return { whereOf, listWhereOf };
}
