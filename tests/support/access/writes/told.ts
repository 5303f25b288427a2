/** Which differences of answers are no leak: what the documentation says that rules cannot hide. */
import { ENTITIES } from '../entities.ts';
import type { Viewer } from '../roles.ts';
import { type AllRows, accessWorld } from '../rows.ts';
import { seenWorld } from '../seen-world.ts';
import { keyOf } from './row-picker.ts';
import type { Write } from './write.ts';

/**
 * Whether a difference between two answers to a write is one of these: a key that it gives is taken by a hidden row, or hidden rows
 * refer to what it removes.
 *
 * @param other rows that one of the two has.
 */
export function mayTell(
  write: Write,
  rows: AllRows,
  other: AllRows,
  viewer: Viewer,
): (one: string, other: string) => boolean {
  const tells = [
    takesHiddenKey(write, rows, other, viewer) && 'UNIQUE_VIOLATION',
    removes(write) && 'FOREIGN_KEY_VIOLATION',
  ];
  return (...answers) =>
    tells.some((code) => code !== false && answers.filter((text) => text.includes(code)).length === 1);
}

/** A row is made, or would be, whose key one has that the caller does not see. */
function takesHiddenKey({ names }: Write, rows: AllRows, other: AllRows, viewer: Viewer): boolean {
  const seen = seenWorld(accessWorld(rows), viewer);
  return names.some(({ type, key, for: purpose }) => {
    const isSame = (row: object) => JSON.stringify(keyOf(type, row as never)) === JSON.stringify(key);
    return (
      purpose === 'make' && [...rows[type]!, ...(other[type] ?? [])].some(isSame) && !seen.rows[type]?.some(isSame)
    );
  });
}

/** Rows go for good. Those that others refer to by a key without a cascade are documents. */
const removes = ({ steps }: Write): boolean =>
  steps.some(({ kind, type }) => kind === 'purge' || (kind.startsWith('delete') && !keepsDeleted(type)));

const keepsDeleted = (type: string): boolean => ENTITIES.find((one) => one.type === type)!.keepsDeleted === true;
