/** What an operation answers. */
import { isLive, type Rows } from './rows.ts';
import type { Row, Type } from './shapes.ts';

export type RowOutcome = 'INSERTED' | 'UPDATED' | 'UNCHANGED' | 'DELETED' | 'IGNORED' | 'FAILED';

/** What is answered. Of several rows, `results` are by index. */
export interface Answer {
  /** Null: one that is not answered. Rows of an operation on one row: one. */
  readonly rows: readonly (Row | null)[];
  readonly results: readonly { readonly outcome: RowOutcome; readonly codes?: readonly string[] }[];
  /** The rows are shown as they were before the operation, not as they are in the end. */
  readonly isOfBefore?: true;
}

export const single = (outcome: RowOutcome, row: Row): Answer => ({ rows: [row], results: [{ outcome }] });
export const gone = (row: Row): Answer => ({ ...single('DELETED', row), isOfBefore: true });

/** With the rows as they are by now. */
export function seen(rows: Rows, type: Type, answer: Answer): Answer {
  if (answer.isOfBefore) return answer;
  const now = answer.rows.map((row) => row && (rows.now(type, row) ?? null));
  return { ...answer, rows: now.map((row) => (row && isLive(row) ? row : null)) };
}
