/**
 * The language of the `search` argument, the same for the Worker, which refuses what cannot be searched for, and the
 * shard, which searches. It is what people type into search fields:
 *
 *     red shoes       both words, anywhere in the row's full-text columns
 *     "red shoes"     these words next to each other, in this order
 *     sho*            words that begin so; after a phrase: its last word does
 *     red -shoes      red, without shoes; also -"red shoes" and -sho*
 *     red OR blue     either; what stands between ORs belongs together, so `a b OR c` is (a and b) or c
 *
 * Everything else is text: signs separate words, and a word with signs inside (`e-mail`, `a.b@c.org`, `name:foo`) is
 * the phrase of its parts. `AND`, `NOT` and `NEAR` are words. A quote that is never closed ends with the text. So every
 * text is a query; only those that say nothing to look for, or too much, are refused.
 */
import { ShardQLError } from './errors.ts';

/** Greatest length of a search, in UTF-16 units. */
const MAX_SEARCH_CHARACTERS = 1_000;
/** Greatest number of words and phrases of a search, excluded ones included. */
const MAX_SEARCH_TERMS = 32;

/** A word or a phrase. */
export interface SearchTerm {
  /** As typed, without quotes and star. Holds at least one letter or digit. */
  readonly text: string;
  /** Its last word may go on. */
  readonly isPrefix: boolean;
}

/** All terms of `all` (at least one) and none of `none`. */
export interface SearchAlternative {
  readonly all: readonly SearchTerm[];
  readonly none: readonly SearchTerm[];
}

/** What makes a word to FTS5's unicode61: letters, numbers, private use. Marks belong to their letters. */
const SEARCHABLE = /[\p{L}\p{N}\p{Co}]/u;

/** In turn: an excluding sign, then a phrase (perhaps unclosed) or what goes on up to a space or quote; then a star. */
const TERM = /(?<minus>-*)(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))(?<star>\*?)/gu;

/**
 * The alternatives of a search, one at least.
 *
 * @throws ShardQLError BAD_USER_INPUT for a text without anything to look for, or beyond the limits.
 */
export function parseSearch(text: string): SearchAlternative[] {
  if (text.length > MAX_SEARCH_CHARACTERS) {
    throw refused(`at most ${MAX_SEARCH_CHARACTERS} characters, but got ${text.length}. Search for fewer words.`);
  }
  let termCount = 0;
  const alternatives: { all: SearchTerm[]; none: SearchTerm[] }[] = [{ all: [], none: [] }];
  for (const { groups } of text.matchAll(TERM)) {
    const { minus, phrase, word, star } = groups as Record<'minus' | 'star', string> & {
      phrase?: string;
      word?: string;
    };
    if (word === 'OR' && minus === '' && star === '') {
      alternatives.push({ all: [], none: [] });
      continue;
    }
    const term = phrase === undefined ? wordTerm(word!) : { text: phrase, isPrefix: star !== '' };
    if (!SEARCHABLE.test(term.text)) continue;
    if (++termCount > MAX_SEARCH_TERMS) throw refused(`at most ${MAX_SEARCH_TERMS} words and phrases, but got more.`);
    alternatives.at(-1)![minus === '' ? 'all' : 'none'].push(term);
  }
  const excluding = alternatives.find(({ all, none }) => all.length === 0 && none.length > 0);
  if (excluding) {
    throw refused(
      'a word to find beside the words to exclude, but got excluded ones alone. Use where with NOT instead.',
    );
  }
  const searched = alternatives.filter(({ all }) => all.length > 0);
  if (searched.length > 0) return searched;
  throw refused('at least one word with a letter or digit, but got none. Leave it out to get all rows.');
}

/** The star of a word is its last character. */
const wordTerm = (word: string): SearchTerm =>
  word.endsWith('*') ? { text: word.replace(/\*+$/, ''), isPrefix: true } : { text: word, isPrefix: false };

const refused = (expectation: string): ShardQLError =>
  new ShardQLError('BAD_USER_INPUT', `Expected search to have ${expectation}`);
