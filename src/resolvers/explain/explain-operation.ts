/** Prints the plan of an operation, and asks a shard for the statements that it would run. Nothing is executed. */

import { type ExecutionResult, type GraphQLError, type GraphQLObjectType, locatedError } from 'graphql';
import type { MutationKind } from '../../model/mutation-names.ts';
import type { Model } from '../../model/types.ts';
import type { RunningOperation } from '../../plans/bound-operation.ts';
import { outlinePlan } from '../../plans/explain/plan-outline.ts';
import { planOperation } from '../../plans/plan-cache.ts';
import type { DocumentField } from '../../plans/selection/selected-field.ts';
import { indexNeedsOf } from '../../shards/plan/index-needs.ts';
import type { Read } from '../../shards/plan/read.ts';
import { declaredIndex, undeclaredColumns } from '../../shards/plan/recommended-index.ts';
import type { ExplainedStatement } from '../../shards/protocol/shard-rpc.ts';
import type { RequestContext } from '../context.ts';
import type { FieldRun } from '../run/field-run.ts';
import { type FieldOutline, type OutlinedRead, outlineField } from './outline-field.ts';

/** The result of a request that asks for an explanation. Wrong arguments are among its errors, as they would be of a request. */
export async function explainOperation(context: RequestContext, running: RunningOperation): Promise<ExecutionResult> {
  const operation = planOperation(running, context.access);
  const type = running.schema.getRootType(running.operation.operation)!;
  const errors: GraphQLError[] = [];
  const outlines = operation.rootFields(type).map((field) => {
    const run: FieldRun = { context, operation, path: [field.key], keyed: null };
    return { field: field.key, outline: outlined(type, field, run, errors) };
  });
  let shardCount = 0;
  const explained = async (read: OutlinedRead): Promise<PlannedRead> => {
    const answer = await context.shards.explain(read.read);
    shardCount = answer.shardCount;
    return {
      path: read.path,
      table: read.read.plan.node.table,
      shards: read.areShardsKnown ? [...answer.shards].sort() : null,
      plan: outlinePlan(read.read.plan.node),
      statements: answer.statements,
      missingIndexes: missingIndexesOf(context.model, read.read),
    };
  };
  const fields = await Promise.all(
    outlines.map(async ({ field, outline: { reads, writes, notRun } }): Promise<ExplainedField> => {
      const explainedReads = Promise.all(reads.map(explained));
      const explainedWrites = writes.map(async ({ operation, key, sets, isShown, ...write }) => {
        const { path, ...read } = await explained(write);
        return { path, operation, key, sets, ...read, ...(!isShown && NOT_SHOWN) };
      });
      return { field, reads: await explainedReads, writes: await Promise.all(explainedWrites), notRun };
    }),
  );
  const explain: Explanation = { shardCount, fields: fields.filter(isTold) };
  return { ...(errors.length > 0 && { errors }), extensions: { explain } };
}

/** Pages for whose order all rows would be read and sorted: what to declare in the model instead. */
function missingIndexesOf(model: Model, { plan, values }: Read): string[] {
  const found = indexNeedsOf(plan.node, values).flatMap((needs) => {
    const columns = undeclaredColumns(model, needs);
    return columns === null ? [] : [`${needs.table}: ${declaredIndex(model, model.table(needs.table), columns)}`];
  });
  return [...new Set(found)];
}

/** Of rows of which nothing is selected. */
const NOT_SHOWN = { plan: [], statements: [], missingIndexes: [] };

const NOTHING: FieldOutline = { reads: [], writes: [], notRun: [], failures: [] };

/** A root field that fails shows nothing but its error. */
function outlined(type: GraphQLObjectType, field: DocumentField, run: FieldRun, errors: GraphQLError[]): FieldOutline {
  try {
    const outline = outlineField(type, field, run);
    for (const { error, field: failed, path } of outline.failures) errors.push(locatedError(error, failed.nodes, path));
    return outline;
  } catch (error) {
    errors.push(locatedError(error, field.nodes, [field.key]));
    return NOTHING;
  }
}

const isTold = ({ reads, writes, notRun }: ExplainedField): boolean => reads.length + writes.length + notRun.length > 0;

/** A read that would be made. */
interface PlannedRead {
  /** Response keys of the field that it would be for. */
  readonly path: readonly string[];
  readonly table: string;
  /** Names of the shards that would be asked; null: those of rows that were not read. */
  readonly shards: readonly string[] | null;
  /** Values by number, `$0`. */
  readonly plan: readonly string[];
  /** What each shard would run. */
  readonly statements: readonly ExplainedStatement[];
  /** Indexes, as they are declared in the model, without which pages are sorted. */
  readonly missingIndexes: readonly string[];
}

/** A write that would be tried, in one transaction; with what it would then show of its row. */
interface PlannedWrite extends PlannedRead {
  readonly operation: MutationKind;
  /** Columns that name the row. */
  readonly key: readonly string[];
  /** Columns that would be given values. */
  readonly sets: readonly string[];
}

/** What a root field would do. */
interface ExplainedField {
  /** Response key. */
  readonly field: string;
  readonly reads: readonly PlannedRead[];
  readonly writes: readonly PlannedWrite[];
  /** Paths of fields of users' own code, which is not run: what it would do is not known. */
  readonly notRun: readonly (readonly string[])[];
}

interface Explanation {
  /** How many shards there are. */
  readonly shardCount: number;
  readonly fields: readonly ExplainedField[];
}
