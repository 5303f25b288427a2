import type { ColumnModel, Model } from '../model/types.ts';
import type { DeclaredTypes } from './declared-types.ts';
import type { TypeRefs } from './type-refs.ts';
import type { TypeRegistry } from './type-registry.ts';

/** What decides the type of a column's values. */
export type TypedColumn = Pick<ColumnModel, 'scalar' | 'enum'>;

/** The name of the type of a column's values. */
export const valueTypeName = ({ scalar, enum: type }: TypedColumn): string => type?.typeName ?? scalar;

/** The name of the filter type of a column. Tables share `StringFilter` and its like. */
export const filterName = (column: TypedColumn): string => `${valueTypeName(column)}Filter`;

/** Adds an enum type for each enum column. */
export function addEnums(types: TypeRegistry, declared: DeclaredTypes, refs: TypeRefs, model: Model): void {
  for (const { enum: type } of model.tables.flatMap(({ columns }) => columns)) {
    if (!type || types.has(type.typeName)) continue;
    types.add(type.typeName, () => {
      refs.enum(type);
      return declared.type(type.typeName);
    });
  }
}
