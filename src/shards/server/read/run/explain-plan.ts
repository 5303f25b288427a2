import type { ReadCall } from '../../../plan/read.ts';
import type { PlanValue } from '../../../plan/value.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import { groupingStatements } from '../sql/grouping-statements.ts';
import { confinementOf, type Variant } from '../sql/key-source.ts';
import {
  countStatement,
  probeStatement,
  type RowsVariant,
  rowsStatement,
  undecidedStatement,
} from '../sql/node-statements.ts';
import type { Statement } from '../sql/statement.ts';
import { isDecidedBySql } from '../sql/text-sql.ts';
import { mayExceedAnswer } from './answer-size.ts';
import { confine } from './confine.ts';
import { fixesOrder } from './fixed-order.ts';

/** As many keys as stand for any number of them. */
const SEVERAL = 2;

/**
 * The statements that a call takes, in the order in which they would run; one whose need depends on the rows is among them.
 * No row is known: a relation is read for one key where its parent has one row at most, else for several. A part of a key
 * that is null stands for a value that is not known.
 */
export function* explainPlan(node: CompiledNode, call: ReadCall, visibleOnly: boolean): Generator<Statement> {
  const { keys, values } = call;
  const [first] = keys;
  if (first === undefined) return;
  const varying = [...first.keys()].filter((position) => keys.some((key) => key[position] !== first[position]));
  const { shardKeys } = confine(node, call.shardKeys);
  const fixedOrder = fixesOrder(node, { keys, varying }, shardKeys, values);
  const variant = { varying, visibleOnly, confinement: confinementOf(shardKeys), fixedOrder };
  yield* explainNode(node, variant, varying.length === 0 ? 1 : keys.length, values);
}

function* explainNode(
  node: CompiledNode,
  variant: RowsVariant,
  keyCount: number,
  values: readonly PlanValue[],
): Generator<Statement> {
  for (const [filter, predicate] of node.textPredicates) {
    if (!isDecidedBySql(filter.op, String(values[filter.value])))
      yield undecidedStatement(node, variant, filter, predicate);
  }
  const { page } = node;
  if (page === null || page.rows) {
    const asJson = variant.varying.length > 0 && node.jsonRows && !mayExceedAnswer(node, keyCount, values);
    yield rowsStatement(node, variant, asJson);
  }
  if (page !== null) {
    if (page.rows && page.probeOtherSide && (page.fromEnd ? page.before : page.after) !== null) {
      yield probeStatement(node, variant);
    }
    const { whole } = page;
    if (whole !== null && whole.empty.length > 0) yield* groupingStatements({ node, variant, grouping: whole });
    else if (whole !== null || page.totalCount) yield countStatement(node, variant);
    for (const grouping of page.groupings) yield* groupingStatements({ node, variant, grouping });
  }
  const isOneRow = keyCount === 1 && (page === null || Number(values[page.limit]) <= 1);
  const known = isOneRow ? null : fixedColumns(node, variant);
  for (const { from, node: child } of node.relations) {
    const varying = [...from.keys()].filter((at) => known !== null && !known.has(node.columns[from[at]!]!.name));
    const below: RowsVariant = { ...variant, varying, confinement: 'any', fixedOrder: true };
    yield* explainNode(child, below, varying.length === 0 ? 1 : SEVERAL, values);
  }
}

/** The columns that have one value in all rows. */
function fixedColumns({ table, match, through, shardKeyPart }: CompiledNode, { varying, confinement }: Variant) {
  const isFixed = (position: number) => position >= 0 && !varying.includes(position);
  const names = through === null ? match.filter((_, at) => isFixed(at)).map(({ name }) => name) : [];
  const isOfOneShardKey = confinement === 'one' || isFixed(shardKeyPart);
  return new Set(isOfOneShardKey ? [...names, table.shardKey.name] : names);
}
