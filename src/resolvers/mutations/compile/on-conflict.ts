import type { KeyModel, TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';

/** What becomes of a new row whose key another row has. */
export const ON_CONFLICT = ['ERROR', 'IGNORE', 'UPDATE'] as const;

type OnConflict = (typeof ON_CONFLICT)[number];

/** Arguments that say it. */
export interface OnConflictArguments {
  readonly onConflict?: OnConflict | null;
  /** Name of the key. */
  readonly conflictKey?: string | null;
}

/** The same, checked. */
interface CheckedOnConflict {
  readonly onConflict: OnConflict;
  /** Null: any. */
  readonly key: KeyModel | null;
}

export function checkOnConflict(
  table: TableModel,
  { onConflict, conflictKey }: OnConflictArguments,
): CheckedOnConflict {
  if (onConflict === null)
    throw badUserInput(`Expected onConflict to be one of ${ON_CONFLICT.join(', ')}, but got null.`);
  const key = conflictKey === null || conflictKey === undefined ? null : keyNamed(table, conflictKey);
  switch (onConflict) {
    case 'IGNORE':
      return { onConflict, key };
    case 'UPDATE':
      return { onConflict, key: key ?? table.primaryKey };
    default:
      if (key === null) return { onConflict: 'ERROR', key };
      throw badUserInput('Expected conflictKey with onConflict IGNORE or UPDATE, but got it with ERROR. Leave it out.');
  }
}

const keyNamed = (table: TableModel, name: string): KeyModel =>
  [table.primaryKey, ...table.uniqueKeys].find((key) => key.name === name)!;
