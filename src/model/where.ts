/** The `where` of a table's rows as TypeScript writes it, in users' code and in access rules: wrong names do not compile. */
import type { ColumnName, ColumnValue, KindOfColumn, TableShape } from './row-values.ts';

interface EqualityFilter<Value, Other> {
  readonly eq?: Value | Other;
  readonly ne?: Value | Other;
  readonly in?: readonly (Value | Other)[] | Other;
  readonly notIn?: readonly (Value | Other)[] | Other;
  readonly isNull?: boolean;
}

interface OrderedFilter<Value, Other> extends EqualityFilter<Value, Other> {
  readonly gt?: Value | Other;
  readonly gte?: Value | Other;
  readonly lt?: Value | Other;
  readonly lte?: Value | Other;
  readonly between?: readonly [low: Value | Other, high: Value | Other];
}

type TextOperators = 'contains' | 'startsWith' | 'endsWith' | 'like';

type TextFilter<Other> = OrderedFilter<string, Other> & {
  readonly [Operator in TextOperators | 'ieq' | `i${TextOperators}`]?: string | Other;
};

/** Operators of a column; those that its GraphQL filter lacks are refused when the read is made. */
type ColumnFilter<Kind, Value, Other> = Kind extends 'json'
  ? Readonly<Record<string, unknown>>
  : Kind extends 'enum' | 'boolean'
    ? EqualityFilter<Value, Other>
    : Kind extends 'text'
      ? TextFilter<Other>
      : OrderedFilter<Value, Other>;

type ColumnFilters<Table extends TableShape, Other> = {
  readonly [Column in ColumnName<Table>]?: ColumnFilter<KindOfColumn<Table, Column>, ColumnValue<Table, Column>, Other>;
};

/** Anything goes while the compiler does not know the relations: it looks at a model's tables once before it has inferred them. */
type RelationFilters<Shapes extends TableShapes, Relations, OfType, Other> = string extends keyof OfType
  ? Readonly<Record<string, unknown>>
  : KnownRelationFilters<Shapes, Relations, OfType, Other>;

type KnownRelationFilters<Shapes extends TableShapes, Relations, OfType, Other> = {
  readonly [Name in RelationNames<OfType, 'one'>]?: Where<Shapes, Relations, TargetOf<OfType[Name]>, Other>;
} & {
  readonly [Name in RelationNames<OfType, 'many'>]?: {
    readonly [Quantifier in 'some' | 'every' | 'none']?: Where<Shapes, Relations, TargetOf<OfType[Name]>, Other>;
  };
} & { readonly [Name in `${RelationNames<OfType, 'many'>}Aggregate`]?: Readonly<Record<string, unknown>> };

/** As much of a model's tables as says their columns. */
export type TableShapes = Readonly<Record<string, TableShape>>;

/** The relations of one type, by field name. */
type OfType<Relations, Type> = Type extends keyof Relations ? NonNullable<Relations[Type]> : Record<never, never>;

/**
 * The `where` of a list, as in GraphQL; enums by their GraphQL names.
 *
 * @template Other what may stand for a value.
 */
export type Where<Shapes extends TableShapes, Relations, Type extends string, Other = never> = ColumnFilters<
  Shapes[Type],
  Other
> &
  RelationFilters<Shapes, Relations, OfType<Relations, Type>, Other> & {
    readonly AND?: readonly Where<Shapes, Relations, Type, Other>[];
    readonly OR?: readonly Where<Shapes, Relations, Type, Other>[];
    readonly NOT?: Where<Shapes, Relations, Type, Other>;
  };

/** The type that a relation leads to. */
export type TargetOf<Relation> = Relation extends { readonly targetType: infer Target extends string } ? Target : never;

/** Names of the relations of a kind. */
export type RelationNames<Relations, Kind extends 'one' | 'many'> = {
  [Name in keyof Relations & string]: Relations[Name] extends { readonly kind: Kind } ? Name : never;
}[keyof Relations & string];
