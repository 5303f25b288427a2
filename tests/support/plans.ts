/** Parts of plans with everything left out that most tests do not care about. */
import { type NodeParts, oneNode, type PlanNode, pageNode } from '../../src/shards/plan/node.ts';
import type { PageShape } from '../../src/shards/plan/page.ts';
import {
  EVERYTHING,
  type JoinRows,
  joinRows,
  type RelatedRows,
  relatedRows,
  rowsOf,
  type SourceParts,
} from '../../src/shards/plan/source.ts';

interface SourceDraft extends Partial<SourceParts> {
  readonly table: string;
}

const sourceOf = ({ table, access = EVERYTHING, hiddenBy, filter, search, computed }: SourceDraft) =>
  rowsOf(table, { access, hiddenBy, filter, search, computed });

export interface NodeDraft extends SourceDraft, Partial<NodeParts> {
  readonly page?: PageShape | null;
}

export function nodeOf({
  match = [],
  through = null,
  columns = ['id'],
  relations,
  page,
  ...source
}: NodeDraft): PlanNode {
  const parts = { match, through, columns, relations };
  return page ? pageNode(sourceOf(source), parts, page) : oneNode(sourceOf(source), parts);
}

export const relatedOf = ({
  from,
  match,
  through = null,
  ...source
}: SourceDraft & Pick<RelatedRows, 'from' | 'match'> & { readonly through?: JoinRows | null }): RelatedRows =>
  relatedRows(sourceOf(source), from, match, through);

export const joinOf = ({ from, to, ...source }: SourceDraft & Pick<JoinRows, 'from' | 'to'>): JoinRows =>
  joinRows(sourceOf(source), from, to);
