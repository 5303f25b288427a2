/** How wire values become parameters and back; the wire kinds are described in `src/model/types.ts`. */
import type { ColumnModel } from '../../../model/types.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { WIRE_KIND_SQL } from '../wire-kind-sql.ts';

/** SQL for a parameter that holds `wireToBinding` of a value of this column. */
export const boundValueSql = ({ wire }: ColumnModel, parameter: string): string => WIRE_KIND_SQL[wire].bound(parameter);

/** SQL for a wire value taken from JSON; `reference` is text, a number or NULL. */
export const jsonValueSql = ({ wire }: ColumnModel, reference: string): string =>
  WIRE_KIND_SQL[wire].fromJson(reference);

/** SQL for the wire value of a stored one, as text where JavaScript might round it. */
export const wireTextSql = ({ wire }: ColumnModel, reference: string): string => WIRE_KIND_SQL[wire].text(reference);

/** SQL for "the columns have these values", one parameter each, bound as {@link boundValueSql} has them. NULL equals nothing. */
export const equalSql = (columns: readonly ColumnModel[]): string =>
  columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`).join(' AND ');
