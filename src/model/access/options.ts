/** The model option `access`: what users write. Wrong columns, relations and values do not compile. */
import type { ColumnName, ColumnValue } from '../row-values.ts';
import type { TableShapes, Where } from '../where.ts';
import type { Claim } from './claim.ts';

/** What rules may use for a type's rows. */
type RuleWhere<Shapes extends TableShapes, Relations, Type extends string> = Where<Shapes, Relations, Type, Claim>;

/** All rows, none, or those that a `where` finds. */
type RowRule<Shapes extends TableShapes, Relations, Type extends string> = boolean | RuleWhere<Shapes, Relations, Type>;

/** Values that the rule gives, instead of the caller. */
type Presets<Shapes extends TableShapes, Type extends string> = {
  readonly [Column in ColumnName<Shapes[Type]>]?: ColumnValue<Shapes[Type], Column> | null | Claim;
};

interface CreateAccess<Shapes extends TableShapes, Relations, Type extends string> {
  /** Columns that the caller may give. Default: all that it may read. */
  readonly columns?: readonly ColumnName<Shapes[Type]>[];
  /** Columns that the rule gives: the caller cannot. */
  readonly set?: Presets<Shapes, Type>;
  /** What must hold of the row once the request's operations are done. Default: the rule for `read`. */
  readonly check?: true | RuleWhere<Shapes, Relations, Type>;
}

interface UpdateAccess<Shapes extends TableShapes, Relations, Type extends string>
  extends CreateAccess<Shapes, Relations, Type> {
  /** Rows that may be changed, of those that may be read. Default: all of them. */
  readonly where?: RuleWhere<Shapes, Relations, Type>;
  /**
   * Changes that are allowed: of a row that one `from` finds, to a row that its `to` finds. A row may also stay as it is, as far as they look at it.
   * Default: any.
   */
  readonly transitions?: readonly {
    readonly from: RuleWhere<Shapes, Relations, Type>;
    readonly to: RuleWhere<Shapes, Relations, Type>;
  }[];
}

/** What a role may do with the rows of a table. What is left out is denied. */
interface TableAccess<Shapes extends TableShapes, Relations, Type extends string> {
  /** Rows that may be read: in lists, counts, filters, orders, relations, searches and answers of writes. Default: none. */
  readonly read?: RowRule<Shapes, Relations, Type>;
  /** Columns that may be read, besides those of the primary key. Default: all but the hidden ones. */
  readonly columns?: readonly ColumnName<Shapes[Type]>[];
  /** Columns that may not be read, nor filtered, ordered, grouped or searched by. Not those of the primary key. Default: none. */
  readonly hidden?: readonly ColumnName<Shapes[Type]>[];
  /** Whether rows may be counted, summed up and grouped. Default: true, of rows that may be read. */
  readonly aggregates?: boolean;
  /** The greatest page of the table's lists, 1 to 100. Default: 100. */
  readonly maxPageRows?: number;
  /**
   * Whether rows may be read as they were at earlier times (`@asOf`): those that the rule for `read` finds as they were then. Default:
   * false.
   */
  readonly asOf?: boolean;
  /** Default: false. */
  readonly create?: boolean | CreateAccess<Shapes, Relations, Type>;
  /** Default: false. */
  readonly update?: boolean | UpdateAccess<Shapes, Relations, Type>;
  /** Rows that may be deleted, of those that may be read; restored and purged too, where deleted rows are kept. Default: none. */
  readonly delete?: RowRule<Shapes, Relations, Type>;
}

/**
 * Rules of a table, by role; `true`: the role may do everything. Roles that are left out may do nothing. The role `anonymous` is
 * that of callers without a credential; operators need no rules.
 */
export type AccessByRole<Shapes extends TableShapes, Relations, Type extends string> = {
  readonly [role: string]: boolean | TableAccess<Shapes, Relations, Type>;
};

/** Rules of a table as they are declared, whatever the table. */
export type DeclaredAccess = AccessByRole<TableShapes, unknown, string>;
export type DeclaredTableAccess = TableAccess<TableShapes, unknown, string>;
