import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { VERSION_COLUMN } from '../shards/plan/node.ts';
import type { TextField, TextFields, TextPart, TextShape } from '../shards/plan/text-shape.ts';
import type { PlanValue } from '../shards/plan/value.ts';
import type { PageNodePlan, RelationPlan, RowView, ShownEdgeField, ShownField, TargetPlan } from './node-plan.ts';

/**
 * What a plan shows of its rows, as text for the shard; null where a column, or a page within them, can only be shown by code, and for
 * single rows with nothing related to them: their few cells cost less than a text. A page may show its rows at one place, since shards give
 * one text of them.
 */
export const textShapeOf = memoizeByObject((plan: TargetPlan): string | null => {
  const shape = plan.kind === 'one' ? rowShape(plan.view) : pageShape(plan);
  return shape && JSON.stringify(shape);
});

function rowShape(view: RowView): TextShape | null {
  const row = view.relations.size === 0 ? null : fieldsOf(view);
  return row && { row, ends: false };
}

function pageShape(plan: PageNodePlan): TextShape | null {
  let row: TextFields | null = null;
  let ends = false;
  let places = 0;
  for (const part of plan.parts) {
    switch (part.kind) {
      case 'nodes':
        row = fieldsOf(part.view);
        places++;
        break;
      case 'edges':
        row = edgeFields(plan, part.fields);
        places++;
        break;
      case 'pageInfo':
        ends ||= part.fields.some(({ kind }) => kind === 'startCursor' || kind === 'endCursor');
        break;
      case 'resolver':
        return null;
    }
  }
  return places === 1 && row !== null ? { row, ends } : null;
}

/** Null if one of them is. */
function all<From, To>(items: readonly From[], make: (item: From) => To | null): To[] | null {
  const made: To[] = [];
  for (const item of items) {
    const one = make(item);
    if (one === null) return null;
    made.push(one);
  }
  return made;
}

const fieldsOf = (view: RowView): TextFields | null => all(view.fields, (field) => rowField(view, field));

function rowField({ shape: { table } }: RowView, field: ShownField): TextField | null {
  const { key } = field;
  switch (field.kind) {
    case 'column': {
      const { name, scalar, generated } = field.column;
      return field.output === 'text' && scalar !== 'JSON' && !generated ? { key, column: name } : null;
    }
    case 'nodeId':
      return field.output === 'text' ? { key, nodeId: [table.typeName] } : null;
    case 'version':
      return { key, column: VERSION_COLUMN };
    case 'typename':
      return { key, constant: field.type };
    case 'relation':
      return relationField(key, field.relation);
    case 'resolver':
      return null;
  }
}

function relationField(key: string, relation: RelationPlan): TextField | null {
  if (relation.kind !== 'nested') return null;
  const { position, target } = relation;
  if (target.kind === 'one') {
    const one = fieldsOf(target.view);
    return one && { key, relation: position, one };
  }
  const page = all(target.parts, (part): TextPart | null => {
    switch (part.kind) {
      case 'typename':
        return { key: part.key, constant: part.type };
      case 'nodes':
      case 'edges': {
        const rows = part.kind === 'nodes' ? fieldsOf(part.view) : edgeFields(target, part.fields);
        return rows && { key: part.key, rows };
      }
      default:
        return null;
    }
  });
  return page && { key, relation: position, page };
}

const edgeFields = (plan: PageNodePlan, fields: readonly ShownEdgeField[]): TextFields | null =>
  all(fields, (field): TextField | null => {
    const { key } = field;
    switch (field.kind) {
      case 'node': {
        const node = fieldsOf(field.view);
        return node && { key, fields: node };
      }
      case 'cursor':
        return isHead(plan.cursor.head) ? { key, cursor: plan.cursor.head } : null;
      case 'typename':
        return { key, constant: field.type };
      case 'resolver':
        return null;
    }
  });

const isHead = (parts: readonly unknown[]): parts is readonly (string | number)[] =>
  parts.every((part) => typeof part === 'string' || typeof part === 'number');

/** The greatest number of rows that an answer may have, nested ones counted as often as they are shown. */
export function mostRows(plan: TargetPlan, values: readonly PlanValue[]): number {
  const views = plan.kind === 'one' ? [plan.view] : [...plan.views.values()];
  const rows = plan.kind === 'one' ? 1 : Number(values[plan.compiled.node.page.limit]);
  const within = views.flatMap(({ relations }) => [...relations.values()]);
  return rows + rows * within.reduce((sum, relation) => sum + mostRelated(relation, values), 0);
}

const mostRelated = (relation: RelationPlan, values: readonly PlanValue[]): number =>
  relation.kind === 'nested' ? mostRows(relation.target, values) : 0;
