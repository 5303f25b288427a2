import { type ApiClient, RefusedError, UnreachableError } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

/** A row, as the API shows it: long values are abbreviated. */
export interface ShownRow {
  readonly table: string;
  readonly key: Readonly<Record<string, unknown>>;
  /** Null: not there. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface ShownConflict extends ShownRow {
  readonly reason: string;
  readonly message: string;
}

interface Page<Row> {
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly nodes: readonly Row[];
}

export interface Undo {
  /** Of the undo itself; null: it has changed nothing, or is a preview. */
  readonly operationId: string | null;
  readonly restoredCount: number;
  readonly updatedCount: number;
  readonly deletedCount: number;
  readonly changes: Page<ShownRow>;
  readonly conflicts: Page<ShownConflict>;
  readonly shards: readonly {
    readonly name: string;
    readonly changedCount: number;
    readonly code: string | null;
    readonly message: string | null;
  }[];
  /** Of a preview; else null. */
  readonly confirmation: { readonly token: string } | null;
}

const MUTATION = `mutation ($operationId: ID!, $preview: Boolean!, $confirmation: String, $first: Int!) {
  undo(operationId: $operationId, preview: $preview, confirmation: $confirmation, first: $first) {
    operationId restoredCount updatedCount deletedCount
    changes { totalCount hasNextPage endCursor nodes { table key before after } }
    conflicts { totalCount hasNextPage endCursor nodes { table key before after reason message } }
    shards { name changedCount code message }
    confirmation { token }
  }
}`;

/** Rows that are shown of each list. */
const SHOWN_ROWS = 100;

/** What it would do. */
export const previewUndo = async (api: ApiClient, operationId: string): Promise<Undo> =>
  (await api.operate<{ undo: Undo }>(MUTATION, { operationId, preview: true, first: SHOWN_ROWS })).undo;

/** @throws CliError for what the API refuses, with its code; and saying so, where the undo may have been done nevertheless. */
export async function requestUndo(api: ApiClient, operationId: string, { confirmation }: Undo): Promise<Undo> {
  const variables = { operationId, preview: false, confirmation: confirmation?.token, first: SHOWN_ROWS };
  try {
    return (await api.operate<{ undo: Undo }>(MUTATION, variables)).undo;
  } catch (error) {
    if (!isInDoubt(error)) throw error;
    throw new CliError(`${error.message} The undo may have been done: see with --preview what is left of it.`);
  }
}

/** It was sent, and what answered is not the API: nothing, or a proxy before it. */
const isInDoubt = (error: unknown): error is CliError =>
  (error instanceof UnreachableError && error.wasSent) ||
  (error instanceof RefusedError && error.code === null && error.status >= 500);
