import type { Entry } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';

/**
 * Keeps entries by key. A store may forget at any time, and may give what has been replaced or is dead: whether an entry
 * may be used is judged by its reader. Nothing rejects: a store that fails holds nothing, and says so to the metrics (C6).
 */
export interface EntryStore {
  /** The entries that are there; keys without one are left out. */
  getMany(keys: readonly EntryKey[]): Promise<ReadonlyMap<EntryKey, Entry>>;
  put(key: EntryKey, entry: Entry): Promise<void>;
}
