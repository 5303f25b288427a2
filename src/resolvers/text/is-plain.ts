import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import type { RowView, ShownField, ShownMeasure, ShownPart, TargetPlan } from '../../plans/node-plan.ts';
import type { FieldPlan, OperationPlan } from '../../plans/operation-plan.ts';
import { TYPE_NAME } from '../../plans/row-field.ts';

/**
 * True for queries whose answers are written as text: nothing in them is shown by users' code, is of several types, or is read from
 * other shards level by level.
 */
export const isPlain = memoizeByObject(
  ({ fields, failure }: OperationPlan): boolean => failure === null && fields.values().every(isPlainField),
);

function isPlainField(plan: FieldPlan): boolean {
  switch (plan.kind) {
    case 'list':
    case 'one':
      return isPlainTarget(plan.read.plan);
    case 'meta':
      return plan.name === TYPE_NAME;
    default:
      return false;
  }
}

const isPlainTarget = (plan: TargetPlan): boolean =>
  plan.kind === 'one' ? isPlainView(plan.view) : plan.parts.every(isPlainPart);

const isPlainView = ({ fields }: RowView): boolean => fields.every(isPlainRowField);

function isPlainRowField(field: ShownField): boolean {
  if (field.kind === 'relation') return field.relation.kind === 'nested' && isPlainTarget(field.relation.target);
  return field.kind !== 'resolver';
}

function isPlainPart(part: ShownPart): boolean {
  switch (part.kind) {
    case 'nodes':
      return isPlainView(part.view);
    case 'edges':
      return part.fields.every((field) =>
        field.kind === 'node' ? isPlainView(field.view) : field.kind !== 'resolver',
      );
    case 'pageInfo':
      return part.fields.every(({ kind }) => kind !== 'resolver');
    case 'aggregate':
    case 'groupBy':
      return part.fields.every(isPlainMeasure);
    default:
      return part.kind !== 'resolver';
  }
}

const isPlainMeasure = (field: ShownMeasure): boolean =>
  field.kind === 'part' ? field.fields.every(({ kind }) => kind !== 'resolver') : field.kind !== 'resolver';
