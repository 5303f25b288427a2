import { ShardQLError } from '../../../errors.ts';
import { type Filter, isTextOperator, type TextFilter, type TextOperator } from '../../../plan/filter.ts';
import type { PlanNode } from '../../../plan/node.ts';
import { type PlanVisitor, visitFilter, visitSource } from '../../../plan/visit-plan.ts';
import type { SourceFields } from './fields.ts';

/** A text filter that JavaScript may have to decide. */
export interface TextPredicate {
  /** Its place among those of the node. */
  readonly index: number;
  /** Those of the rows that it is about. */
  readonly fields: SourceFields;
  /** It is on rows that are related to the node's, or join them. */
  readonly isOnRelated: boolean;
}

/** More cannot be had within the platform's statement size, with long names. */
const MAX_CONDITIONS = 500;

const DECIDED_BY_SQL: ReadonlySet<TextOperator> = new Set(['contains', 'startsWith', 'endsWith']);

export const isTextFilter = (filter: Filter): filter is TextFilter => isTextOperator(filter.op);

/** The text filters of a node that JavaScript may have to decide, in order: of its rows, and of what they refer to. */
export function textPredicatesOf(node: PlanNode, fields: SourceFields): Map<TextFilter, TextPredicate> {
  const predicates = new Map<TextFilter, TextPredicate>();
  const visitor: PlanVisitor = {
    filter: (term, source) => {
      if (!isTextFilter(term) || DECIDED_BY_SQL.has(term.op)) return;
      const isOnRelated = source !== node;
      const on = isOnRelated ? fields.of(source) : fields;
      predicates.set(term, { index: predicates.size, fields: on, isOnRelated });
    },
  };
  visitSource(node, visitor);
  if (node.through !== null) visitSource(node.through, visitor);
  return predicates;
}

/** Refuses filters of too many conditions. */
export function checkFilterSize(node: PlanNode): void {
  if (node.filter === null) return;
  let count = 0;
  visitFilter(node.filter, node, {
    filter: ({ op }) => {
      if (!CONNECTIVES.has(op)) count++;
    },
  });
  if (count <= MAX_CONDITIONS) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected at most ${MAX_CONDITIONS} conditions, but got ${count}.`);
}

const CONNECTIVES: ReadonlySet<Filter['op']> = new Set(['and', 'or', 'not', 'isTrue']);
