import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { getOrInsert } from '../lib/get-or-insert.ts';
import type { Model } from '../model/types.ts';
import { badUserInput } from '../plans/bad-user-input.ts';
import { lookupName, type NamedEntity, readRepresentation } from '../plans/entities/representation.ts';
import { MAX_NODE_IDS } from '../plans/limits.ts';
import { toShardKey } from '../shards/shard-key.ts';
import type { RequestContext } from './context.ts';
import { type RowOrError, requireFew, rowsInPlace } from './rows-in-place.ts';
import { fieldPlan } from './run/field-plan.ts';
import { fieldRun } from './run/field-run.ts';
import { ReadRun } from './run/read-run.ts';
import { rowOf } from './show/resolved-value.ts';
import type { Row } from './show/row.ts';

/**
 * Root field `_entities(representations)`: one read for each type and key that names rows of it. A wrong representation, or one whose
 * read fails, is an error in its own place.
 */
export async function resolveEntities(
  representations: readonly unknown[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<readonly RowOrError[]> {
  const { failures, requestsByLookup } = requestedEntities(context.model, info.schema, representations);
  requireFew(failures);
  // Representations of one row may differ, so rows are taken for shared.
  if (representations.length > 1) context.sharesRows = true;
  const reads = [...requestsByLookup].map(([lookup, requests]) => ({
    places: requests.map(({ index }) => index),
    rows: readRows(lookup, requests, context, info),
  }));
  return await rowsInPlace(representations.length, failures, reads);
}

interface EntityRequest extends NamedEntity {
  /** Place among the representations. */
  readonly index: number;
}

/** The rows that representations name, by lookup, and what is wrong with other representations, by their place. */
export function requestedEntities(model: Model, schema: GraphQLSchema, representations: readonly unknown[]) {
  if (representations.length > MAX_NODE_IDS) {
    throw badUserInput(`Expected at most ${MAX_NODE_IDS} representations, but got ${representations.length}.`);
  }
  const failures = new Map<number, Error>();
  const requestsByLookup = new Map<string, EntityRequest[]>();
  for (const [index, representation] of representations.entries()) {
    try {
      const named = readRepresentation(model, schema, representation);
      getOrInsert(requestsByLookup, lookupName(named), () => []).push({ ...named, index });
    } catch (error) {
      failures.set(index, error as Error);
    }
  }
  return { failures, requestsByLookup };
}

async function readRows(
  lookup: string,
  requests: readonly EntityRequest[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<(Row | null)[]> {
  const field = fieldRun(context, info);
  const { read } = fieldPlan(field, info, 'entities').lookups.get(lookup)!;
  if (read instanceof Error) throw read;
  const run = new ReadRun(read, field);
  const answers = await run.answers({ keys: requests.map(({ values }) => values), shardKeys: shardKeysOf(requests) });
  return answers.map((answer) => rowOf(run.plan, answer, run));
}

/** Each key of a table has its shard key among its columns. */
export const shardKeysOf = (requests: readonly NamedEntity[]) =>
  requests.map(({ table, columns, values }) =>
    toShardKey(table.shardKey, values[columns.indexOf(table.shardKey.name)]!),
  );
