import { parseSearch, type SearchAlternative, type SearchTerm } from '../../search-query.ts';
import type { ShardKey } from '../../shard-key.ts';
import { KEY_COLUMN, shardKeyWord } from './search-index.ts';

/**
 * Greatest number of shard keys that a search is confined to inside the index; rows of more are told apart afterwards,
 * as they are in any case.
 */
const MAX_SHARD_KEYS = 50;

interface SearchedPart {
  /** Columns of the index that are looked at; null: all that hold text. */
  readonly columns: readonly string[] | null;
  /** Only rows with these need be found; null: all. */
  readonly shardKeys: ReadonlySet<ShardKey> | null;
}

/**
 * A search as FTS5's MATCH takes it. All that the user wrote stands in FTS5 strings, where nothing but a quote means
 * anything, so no text is a syntax error or reaches an operator.
 *
 * A word is looked for, and excluded, in the given columns alone: what stands in others neither finds a row nor hides it.
 */
export function matchExpression(search: string, { columns, shardKeys }: SearchedPart): string {
  const looked = columns === null ? `- ${KEY_COLUMN}` : `{${columns.join(' ')}}`;
  const text = `${looked} : (${parseSearch(search).map(alternativeOf).join(' OR ')})`;
  if (shardKeys === null || shardKeys.size > MAX_SHARD_KEYS) return text;
  const words = [...shardKeys].map((key) => `"${shardKeyWord(key)}"`);
  return `${KEY_COLUMN} : (${words.join(' OR ')}) AND (${text})`;
}

/** Terms side by side, not joined by AND: so FTS5 passes over those in which it sees no word. */
const alternativeOf = ({ all, none }: SearchAlternative): string => {
  const found = `(${all.map(termOf).join(' ')})`;
  return none.length === 0 ? found : `(${found} NOT (${none.map(termOf).join(' OR ')}))`;
};

/** FTS5 reads expressions up to a NUL. */
const termOf = ({ text, isPrefix }: SearchTerm): string =>
  `"${text.replaceAll('"', '""').replaceAll('\0', ' ')}"${isPrefix ? ' *' : ''}`;
