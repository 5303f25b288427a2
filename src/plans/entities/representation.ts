/** What the router of a supergraph sends to name a row: its type, and the fields of one of its keys. */
import { coerceInputValue, type GraphQLInputType, GraphQLNonNull, type GraphQLSchema } from 'graphql';
import { type EntityKey, entityKeys } from '../../model/entity-keys.ts';
import { withArticle } from '../../model/names.ts';
import type { ColumnModel, Model, TableModel, WireValue } from '../../model/types.ts';
import { toWire } from '../arguments/wire-input.ts';
import { badUserInput } from '../bad-user-input.ts';
import { decodeNodeId } from '../tokens/node-id.ts';

/** By which columns a row is looked for. */
interface EntityLookup {
  readonly table: TableModel;
  readonly columns: readonly string[];
}

export interface NamedEntity extends EntityLookup {
  readonly values: readonly Exclude<WireValue, null>[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The same for all rows that one plan reads. */
export const lookupName = ({ table, columns }: EntityLookup): string => [table.typeName, ...columns].join(' ');

/** The lookups of representations, each once; what is wrong with others shows when they are read. */
export function lookupsOf(model: Model, representations: readonly unknown[]): ReadonlyMap<string, EntityLookup> {
  const lookups = new Map<string, EntityLookup>();
  for (const representation of representations) {
    try {
      const { table, key } = named(model, representation);
      const lookup = { table, columns: (key.key ?? table.primaryKey).names };
      lookups.set(lookupName(lookup), lookup);
    } catch {}
  }
  return lookups;
}

/**
 * Reads a representation. The row need not exist.
 *
 * @throws ShardQLError `BAD_USER_INPUT` unless it names a type of the model and has all fields of one of its keys.
 */
export function readRepresentation(model: Model, schema: GraphQLSchema, representation: unknown): NamedEntity {
  const { table, key, fields } = named(model, representation);
  if (key.key === null) return byGlobalId(model, table, fields[model.globalIdField]);
  const values = key.key.columns.map((column) => toWire(table, column, coerced(schema, table, column, fields)));
  return { table, columns: key.key.names, values };
}

function named(model: Model, representation: unknown): { table: TableModel; key: EntityKey; fields: Fields } {
  if (typeof representation !== 'object' || representation === null || Array.isArray(representation)) {
    throw badUserInput(`Expected a representation to be an object, but got ${JSON.stringify(representation)}.`);
  }
  const fields = representation as Fields;
  const typeName = fields.__typename;
  const table = typeof typeName === 'string' ? model.tableByType.get(typeName) : undefined;
  if (table === undefined) {
    throw badUserInput(
      `Expected the __typename of a representation to be a type with rows, but got ${JSON.stringify(typeName)}.`,
    );
  }
  const keys = entityKeys(model, table);
  const key = keys.find((candidate) => candidate.fields.every((field) => (fields[field] ?? null) !== null));
  if (key === undefined) {
    const known = keys.map((candidate) => candidate.fields.join(' and ')).join(', or ');
    const given = Object.keys(fields).filter((name) => name !== '__typename');
    throw badUserInput(
      `Expected a representation of ${table.typeName} to have ${known}, but got ${given.join(' and ') || 'no fields'}.`,
      { table: table.typeName },
    );
  }
  return { table, key, fields };
}

function byGlobalId(model: Model, table: TableModel, nodeId: unknown): NamedEntity {
  const found = decodeNodeId(model, typeof nodeId === 'string' ? nodeId : '');
  if (found.table !== table) {
    throw badUserInput(
      `Expected ${withArticle(model.globalIdField)} of ${table.typeName}, but got one of ${found.table.typeName}.`,
    );
  }
  return { table, columns: table.primaryKey.names, values: found.primaryKey };
}

/** In a representation, a value has no type by which its digits could be kept: what JavaScript may have rounded would be another row's key. */
function requireExact(value: unknown, place: string): void {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return;
  throw badUserInput(
    `Expected ${place} of a representation to be a text or a whole number up to 2^53, but got ${value}. Send it as text.`,
  );
}

function coerced(schema: GraphQLSchema, table: TableModel, column: ColumnModel, fields: Fields): unknown {
  requireExact(fields[column.name], column.name);
  const type = schema.getType(column.enum?.typeName ?? column.scalar) as GraphQLInputType & object;
  return coerceInputValue(fields[column.name], new GraphQLNonNull(type as never), (_, __, { message }) => {
    throw badUserInput(`${table.typeName}.${column.name}: ${message}`, {
      ...{ table: table.typeName, field: column.name },
    });
  });
}
