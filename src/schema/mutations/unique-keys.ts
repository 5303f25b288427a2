import { GraphQLEnumType } from 'graphql';
import { uniqueKeyName } from '../../model/key-names.ts';
import type { TableModel } from '../../model/types.ts';
import type { TypeRegistry } from '../type-registry.ts';

/** Adds `XUniqueKey`: the keys of a table, by name. */
export function addUniqueKeys(types: TypeRegistry, { typeName, primaryKey, uniqueKeys }: TableModel): void {
  const name = `${typeName}UniqueKey`;
  types.add(
    name,
    () =>
      new GraphQLEnumType({
        name,
        description: `A key of ${typeName}: each row has its own values of these columns.`,
        values: Object.fromEntries(
          [primaryKey, ...uniqueKeys].map((key) => [
            uniqueKeyName(key),
            { value: key.name, description: key.names.join(', ') },
          ]),
        ),
      }),
  );
}
