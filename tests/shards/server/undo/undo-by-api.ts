/** The undo of an operation, as operators ask for it. */
import { expect } from 'vitest';
import { MAX_UNDO_PAGE } from '../../../../src/shards/undo.ts';
import { postGraphQL } from '../../../support/graphql.ts';
import type { LabWorker } from '../../../support/lab-worker.ts';

interface Page {
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly nodes: readonly { readonly table: string; readonly key: { readonly tenant: string; readonly id: string } }[];
}

export interface UndoAnswer {
  readonly operationId: string | null;
  readonly restoredCount: number;
  readonly updatedCount: number;
  readonly deletedCount: number;
  readonly changes: Page;
  readonly conflicts: Page;
  readonly shards: readonly { readonly name: string; readonly changedCount: number; readonly code: string | null }[];
}

const UNDO = `mutation ($id: ID!, $preview: Boolean!, $confirmation: String, $first: Int!, $after: String) {
  undo(operationId: $id, preview: $preview, confirmation: $confirmation, first: $first, after: $after) {
    confirmation { token }
    operationId restoredCount updatedCount deletedCount
    changes { totalCount hasNextPage endCursor nodes { table key before after } }
    conflicts { totalCount hasNextPage endCursor nodes { table key before after reason message } }
    shards { name changedCount code }
  }
}`;

interface Options {
  readonly preview?: boolean;
  readonly first?: number;
  readonly after?: string | null;
}

/** Previews that others outdate by what they write meanwhile, at most. */
const MAX_ATTEMPTS = 100;

/** It must succeed. Where it is no preview, one is made and confirmed, again and again if others write meanwhile. */
export async function undoByApi(
  worker: LabWorker,
  id: string,
  { preview = false, first = MAX_UNDO_PAGE, after = null }: Options = {},
): Promise<UndoAnswer> {
  const send = (url: string, init: RequestInit) => worker.fetch(new URL(url).pathname, init);
  const ask = (more: object) =>
    postGraphQL('http://127.0.0.1/operator', UNDO, { id, preview: false, first, after, ...more }, {}, send);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const previewed = await ask({ preview: true });
    expect(previewed.errors).toEqual([]);
    const { confirmation, ...shown } = previewed.data.undo;
    if (preview) return shown;
    const { data, errors } = await ask({ confirmation: confirmation.token });
    if (errors.some(({ extensions }) => extensions?.problem === 'STALE')) continue;
    expect(errors).toEqual([]);
    const { confirmation: none, ...done } = data.undo;
    expect(none).toBeNull();
    return done;
  }
  throw new Error(`Expected an undo within ${MAX_ATTEMPTS} previews, but got none.`);
}

/** Previews show the same rows however large their pages are: those that the undo then tells of. Nothing else may be running. */
export async function checkPages(worker: LabWorker, id: string, first: number): Promise<void> {
  const whole = await undoByApi(worker, id, { preview: true });
  for (const list of ['changes', 'conflicts'] as const) {
    const nodes: unknown[] = [];
    for (let after: string | null = null; ; ) {
      const answer: UndoAnswer = await undoByApi(worker, id, { preview: true, first, after });
      const page = answer[list];
      nodes.push(...page.nodes);
      after = page.endCursor;
      expect(page.totalCount).toBe(whole[list].totalCount);
      if (!page.hasNextPage) break;
      expect(page.nodes).toHaveLength(first);
    }
    expect(nodes).toEqual(whole[list].nodes);
  }
  const { operationId, ...done } = await undoByApi(worker, id);
  expect({ ...done, operationId: null }).toEqual(whole);
  expect(operationId === null).toBe(done.changes.totalCount === 0);
}
