import type { PageShape, PlanNode, ValueRef } from '../plan.ts';

const textByNode = new WeakMap<PlanNode, string>();

/** The plan's JSON text, made once per node object. */
export function planText(node: PlanNode): string {
  let text = textByNode.get(node);
  if (text === undefined) {
    text = JSON.stringify(node);
    textByNode.set(node, text);
  }
  return text;
}

const scatterNodeByNode = new WeakMap<PlanNode, PlanNode>();

/**
 * The node as each shard of a scatter is asked for it: an offset counts over all shards' rows, so each shard gives its
 * first `offset + limit` rows, a number that the call holds at `limit`.
 */
export function withoutOffset(node: PlanNode, page: PageShape, limit: ValueRef): PlanNode {
  let scatterNode = scatterNodeByNode.get(node);
  if (scatterNode?.page?.limit !== limit) {
    scatterNode = { ...node, page: { ...page, limit, offset: null } };
    scatterNodeByNode.set(node, scatterNode);
  }
  return scatterNode;
}
