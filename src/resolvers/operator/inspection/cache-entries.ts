import { type GraphQLSchema, getOperationAST, getVariableValues, Kind, parse, validate } from 'graphql';
import type { InspectedEntry } from '../../../cache/reading/inspect-entries.ts';
import type { Requirement } from '../../../cache/requirement.ts';
import { unknownName } from '../../../lib/unknown-name.ts';
import { CONSISTENCY_MODES, type ConsistencyMode, type TableModel, type WireValue } from '../../../model/types.ts';
import { rowMatch } from '../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import { rowByKeyPlan } from '../../../plans/internal-plans.ts';
import { planOperation } from '../../../plans/plan-cache.ts';
import { decodeNodeId } from '../../../plans/tokens/node-id.ts';
import type { Read } from '../../../shards/plan/read.ts';
import { NOTHING_SEEN } from '../../../shards/seen-versions.ts';
import { shardKeyOf } from '../../../shards/shard-key.ts';
import { outlineField } from '../../explain/outline-field.ts';
import type { OperatorContext } from '../operator-context.ts';

interface CacheEntryArguments {
  readonly table?: string | null | undefined;
  readonly id?: unknown;
  readonly shardKey?: unknown;
  readonly nodeId?: unknown;
  readonly query?: string | null | undefined;
  readonly variables?: unknown;
  readonly operationName?: string | null | undefined;
  readonly mode: string;
  readonly maxStalenessMs?: number | null | undefined;
}

/** Entries of one request: a list of many ids, say, has one for each. */
const MAX_ENTRIES = 100;

/** The entries that would serve a row, or the reads of a query, in order. Nothing is run, and no shard is asked. */
export async function inspectCache(args: CacheEntryArguments, context: OperatorContext): Promise<InspectedEntry[]> {
  const requirement = requirementOf(args);
  const entries: InspectedEntry[] = [];
  for (const read of readsOf(args, context)) {
    entries.push(...(await context.cacheEntries(firstKeys(read, MAX_ENTRIES - entries.length), requirement)));
    if (entries.length >= MAX_ENTRIES) break;
  }
  return entries;
}

const firstKeys = (read: Read, most: number): Read => ({
  ...read,
  keys: read.keys.slice(0, most),
  shardKeys: read.shardKeys?.slice(0, most) ?? null,
});

function requirementOf({ mode, maxStalenessMs = null }: CacheEntryArguments): Requirement {
  const known = CONSISTENCY_MODES.find((each) => each === mode);
  if (known === undefined) throw badUserInput(unknownName('mode', mode.slice(0, 100), CONSISTENCY_MODES));
  if (maxStalenessMs !== null && !(Number.isInteger(maxStalenessMs) && maxStalenessMs >= 0)) {
    throw badUserInput(`Expected maxStalenessMs to be a whole number of milliseconds, but got ${maxStalenessMs}.`);
  }
  return { mode: known satisfies ConsistencyMode, maxStalenessMs, seen: NOTHING_SEEN };
}

function readsOf(args: CacheEntryArguments, context: OperatorContext): readonly Read[] {
  const { table = null, id = null, shardKey = null, nodeId = null, query = null } = args;
  const given = [table !== null, nodeId !== null, query !== null].filter(Boolean).length;
  if (given !== 1) {
    throw badUserInput(`Expected one of table, nodeId and query, but got ${given === 0 ? 'none' : 'several'}.`);
  }
  if (nodeId !== null) {
    const row = decodeNodeId(context.model, String(nodeId));
    return [rowRead(row.table, row.primaryKey)];
  }
  if (query !== null) return readsOfQuery({ ...args, query }, context);
  if (id === null) throw badUserInput('Expected table together with id, but got it without.');
  return [namedRow(findTable(context, table!), id, shardKey)];
}

function findTable({ model: { tables } }: OperatorContext, name: string): TableModel {
  const table = tables.find(({ typeName, sqlName }) => typeName === name || sqlName === name);
  if (table !== undefined) return table;
  const names = tables.map(({ typeName }) => typeName);
  throw badUserInput(unknownName('table', name.slice(0, 100), names));
}

function namedRow(table: TableModel, id: unknown, shardKey: unknown): Read {
  const match = rowMatch(table, { [table.primaryKey.byName]: id }, shardKey ?? undefined);
  if (match.shardKey !== null) return rowRead(table, match.values);
  throw badUserInput(
    `Expected a shardKey with the id of ${table.typeName}, but got none. Give it, or a nodeId instead.`,
  );
}

const rowRead = (table: TableModel, key: readonly Exclude<WireValue, null>[]): Read => ({
  plan: rowByKeyPlan(table),
  values: [],
  keys: [key],
  shardKeys: [shardKeyOf(table, key)],
});

/** The reads that can be told before any of them is made: what relations across shards read depends on rows. */
function readsOfQuery(
  { query, variables = null, operationName = null }: CacheEntryArguments & { readonly query: string },
  context: OperatorContext,
): readonly Read[] {
  const { apiSchema: schema } = context;
  const document = parsed(query, schema);
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'query') {
    const got = operation ? `a ${operation.operation}` : 'none, or several without an operationName';
    throw badUserInput(`Expected a query, but got ${got}.`);
  }
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], (variables ?? {}) as object as never);
  if (values.errors) throw badUserInput(`Expected valid variables, but got: ${values.errors[0]!.message}`);
  const fragments = Object.fromEntries(
    document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  const running = planOperation({ schema, operation, fragments, variableValues: values.coerced! }, context.access);
  const type = schema.getQueryType()!;
  return running.rootFields(type).flatMap((field) => {
    const { reads, failures } = outlineField(type, field, {
      context,
      operation: running,
      path: [field.key],
      keyed: null,
    });
    if (failures.length > 0) throw failures[0]!.error;
    return reads.filter(({ areShardsKnown }) => areShardsKnown).map(({ read }) => read);
  });
}

function parsed(query: string, schema: GraphQLSchema) {
  try {
    const document = parse(query, { maxTokens: 10_000 });
    const [error] = validate(schema, document);
    if (error === undefined) return document;
    throw error;
  } catch (error) {
    throw badUserInput(`Expected a valid query, but got one with this error: ${(error as Error).message}`);
  }
}
