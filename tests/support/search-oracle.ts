/** Full-text search over a few rows in plain JavaScript: what rows a search finds, and how well they fit. */
import { parseSearch, type SearchAlternative, type SearchTerm } from '../../src/shards/search-query.ts';

/** Words of texts whose letters are Latin: lower case, without diacritics. */
export const wordsOf = (text: string | null): string[] =>
  (text ?? '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** Texts of the full-text columns of a row. */
export type Document = readonly (string | null)[];

/** Number of places where the term occurs; a phrase does not reach over columns. */
function occurrences({ text, isPrefix }: SearchTerm, document: Document): number {
  const phrase = wordsOf(text);
  let count = 0;
  for (const words of document.map(wordsOf)) {
    for (let start = 0; start + phrase.length <= words.length; start++) {
      const fits = phrase.every((word, at) =>
        isPrefix && at === phrase.length - 1 ? words[start + at]!.startsWith(word) : words[start + at] === word,
      );
      if (fits && phrase.length > 0) count++;
    }
  }
  return count;
}

export const isFound = (search: string, document: Document): boolean =>
  parseSearch(search).some(
    ({ all, none }) =>
      all.every((term) => occurrences(term, document) > 0) && none.every((term) => occurrences(term, document) === 0),
  );

const K1 = 1.2;
const B = 0.75;

/**
 * Okapi BM25 as FTS5 computes it, greater for better, over all rows of a shard. The shard key counts as one word. For a
 * search without OR: which words of alternatives that do not hold count as well is FTS5's own affair.
 */
export function rankOf(search: string, document: Document, corpus: readonly Document[]): number {
  const [{ all }] = parseSearch(search) as [SearchAlternative];
  const length = (each: Document) => 1 + each.reduce((sum, text) => sum + wordsOf(text).length, 0);
  const average = corpus.reduce((sum, each) => sum + length(each), 0) / corpus.length;
  let rank = 0;
  for (const term of all) {
    const rows = corpus.filter((each) => occurrences(term, each) > 0).length;
    const weight = Math.max(1e-6, Math.log((corpus.length - rows + 0.5) / (rows + 0.5)));
    const count = occurrences(term, document);
    rank += (weight * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length(document)) / average));
  }
  return rank;
}
