/**
 * A model and its rows as the tests know them: written down a second time, never derived from the product's model.
 * Rows hold values as GraphQL gives them out.
 */

export type Kind =
  | 'id'
  | 'intId'
  | 'bytesId'
  | 'text'
  | 'enum'
  | 'int'
  | 'float'
  | 'boolean'
  | 'dateTime'
  | 'seconds'
  | 'bigInt'
  | 'decimal'
  | 'bytes'
  | 'json';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly nullable: boolean;
  /** Stored text by GraphQL name, of enums. */
  readonly stored: Readonly<Record<string, string>>;
  /** Computed by the database: not given to `createX`. */
  readonly generated: boolean;
}

export type Pairs = readonly (readonly [from: string, to: string])[];

export interface Relation {
  readonly name: string;
  readonly kind: 'one' | 'many';
  readonly target: string;
  /** Rows lie in the same shard as their parent. */
  readonly colocated: boolean;
  /** Columns of this table and of the target (or of the join table) that are equal. */
  readonly on: Pairs;
  /** The join table, and its columns and those of the target that are equal. */
  readonly through: { readonly type: string; readonly on: Pairs } | null;
}

export interface Entity {
  readonly type: string;
  readonly list: string;
  readonly shardKey: string;
  readonly primaryKey: readonly string[];
  readonly columns: readonly Column[];
  readonly relations: readonly Relation[];
  /** Deleted rows are kept, and shown to who asks for them. */
  readonly keepsDeleted?: boolean;
  /** Rows are not counted, summed up or grouped. Default: they are. */
  readonly counted?: false;
  /** Rows of the greatest page. Default: 100. */
  readonly maxPage?: number;
}

export type Value = string | number | boolean | null | object;
export type Row = Readonly<Record<string, Value>>;

export interface World {
  readonly name: string;
  /** wrangler.toml of its Worker, from the project's root; the demo's own if left out. */
  readonly config?: string;
  /** Referenced ones first. */
  readonly entities: readonly Entity[];
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  /** Rows that were deleted and kept. */
  readonly deleted?: Readonly<Record<string, readonly Row[]>>;
}

export const entityOf = (world: World, type: string): Entity => world.entities.find((one) => one.type === type)!;

/** Rows of a type, as a list of them sees them. */
export const rowsOf = ({ rows, deleted = {} }: World, type: string, includeDeleted = false): readonly Row[] =>
  includeDeleted ? [...rows[type]!, ...(deleted[type] ?? [])] : rows[type]!;

export const columnOf = (entity: Entity, name: string): Column => entity.columns.find((one) => one.name === name)!;

/** `name:kind`, with `?` where null is allowed and `=` where the database computes the value. */
export function columns(text: string, stored: Readonly<Record<string, readonly string[]>> = {}): Column[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [name, kind, flags] = /^(\w+):(\w+)([?=]*)$/.exec(word)!.slice(1) as [string, Kind, string];
      const names = (stored[name] ?? []).map((value) => [screaming(value), value]);
      const [nullable, generated] = [flags.includes('?'), flags.includes('=')];
      return { name, kind, nullable, generated, stored: Object.fromEntries(names) };
    });
}

/** The GraphQL name of an enum value or of a column: `veryHigh` → `VERY_HIGH`. */
export const screaming = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/ /g, '_')
    .toUpperCase();

/** `from=to` pairs, separated by commas. */
const pairs = (text: string): Pairs => text.split(',').map((pair) => pair.split('=') as [string, string]);

type RelationOptions = { readonly colocated?: boolean; readonly through?: readonly [type: string, on: string] };

const relation =
  (kind: Relation['kind']) =>
  (name: string, target: string, on: string, { colocated = true, through }: RelationOptions = {}): Relation => ({
    name,
    kind,
    target,
    colocated,
    on: pairs(on),
    through: through ? { type: through[0], on: pairs(through[1]) } : null,
  });

export const one = relation('one');
export const many = relation('many');
