import type { ForeignKeyModel, Model, TableModel } from '../../../model/types.ts';
import { quoteName } from '../../sql/sql-text.ts';

/** A foreign key seen from the table it refers to. */
export interface Referrer {
  readonly table: TableModel;
  readonly foreignKey: ForeignKeyModel;
}

/** The foreign keys that refer to `table`. */
export const referrersOf = (model: Model, table: TableModel): Referrer[] =>
  model.tables.flatMap((referring) =>
    referring.foreignKeys
      .filter((foreignKey) => foreignKey.targetType === table.typeName)
      .map((foreignKey) => ({ table: referring, foreignKey })),
  );

/** SQL condition that row `child` of a referrer refers to row `parent` of `target`. */
export const refersSql = ({ foreignKey }: Referrer, target: TableModel, child: string, parent: string): string =>
  foreignKey.columns
    .map((column, index) => {
      const targetColumn = target.columnByName.get(foreignKey.targetColumns[index]!)!;
      return `${child}.${quoteName(column.sqlName)} = ${parent}.${quoteName(targetColumn.sqlName)}`;
    })
    .join(' AND ');
