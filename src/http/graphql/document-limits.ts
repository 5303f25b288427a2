/**
 * Bounds of documents, checked before validation and execution, whose work grows faster than a document's length. Each
 * check takes time in proportion to the document: it goes through the tokens once, and through each fragment once,
 * however often it is spread.
 */
import {
  type DocumentNode,
  GraphQLError,
  Kind,
  Lexer,
  type SelectionSetNode,
  Source,
  type Token,
  TokenKind,
} from 'graphql';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import type { RequestLimits } from './request-limits.ts';

/**
 * Levels of brackets in a document's text, and of selections in an operation, fragments counted where they are spread.
 * Enough for 100 relations within each other and for a JSON value of 500 levels. graphql-js parses, validates and executes by
 * recursion, and the stack ends at some 2,000 levels.
 */
const MAX_DOCUMENT_LEVELS = 600;

/** Validation compares all fields of a selection that answer to one name, and all fragments that it spreads, with each other. */
const MAX_REPEATED_FIELDS = 100;
const MAX_REPEATED_IN_FRAGMENTS = 500;
const MAX_SPREADS_OF_SELECTION = 100;
const MAX_SPREADS = 1_000;

/** An answer repeats an alias for each row, and a name that is unknown is compared with all that are known. */
const MAX_NAME_CHARACTERS = 500;

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Throws if the text is too long or nested too deep to be parsed. Goes through its tokens, without recursion; the parser
 * reports what is wrong with them.
 *
 * @throws GraphQLError TOKEN_LIMIT_EXCEEDED, DEPTH_LIMIT_EXCEEDED or COST_LIMIT_EXCEEDED
 */
export function requireParsable(text: string, limits: RequestLimits): void {
  const lexer = new Lexer(new Source(text));
  let levels = 0;
  let tokens = 0;
  let directives = 0;
  for (let token = advance(lexer); token !== null && token.kind !== TokenKind.EOF; token = advance(lexer)) {
    const { kind } = token;
    if (kind === TokenKind.NAME) requireShort(token);
    else if (OPENING.has(kind)) levels++;
    else if (CLOSING.has(kind)) levels--;
    else if (kind === TokenKind.AT) directives++;
    if (levels > MAX_DOCUMENT_LEVELS) throw tooDeep();
    if (++tokens > limits.tokens) throw exceeded('TOKEN_LIMIT_EXCEEDED', limits.tokens, 'tokens');
    if (directives > limits.directives) throw exceeded('COST_LIMIT_EXCEEDED', limits.directives, 'directives');
  }
}

function requireShort({ start, end }: Token): void {
  if (end - start <= MAX_NAME_CHARACTERS) return;
  throw refused(
    'COST_LIMIT_EXCEEDED',
    `Expected names of at most ${MAX_NAME_CHARACTERS} characters, but got one of ${(end - start).toLocaleString('en-US')}. Use shorter ones.`,
  );
}

/** Null: no token comes next. */
function advance(lexer: Lexer): Token | null {
  try {
    return lexer.advance();
  } catch {
    return null;
  }
}

/**
 * Throws if an operation, with all fragments that it spreads, is too much to be validated. Validation
 * reports fragments that spread each other in a circle, unless there are too many for it.
 *
 * @returns the aliases in the operation that has most.
 * @throws GraphQLError DEPTH_LIMIT_EXCEEDED or COST_LIMIT_EXCEEDED
 */
export function requireExecutable({ definitions }: DocumentNode, limits: RequestLimits): number {
  if (definitions.length > limits.definitions) {
    throw exceeded('COST_LIMIT_EXCEEDED', limits.definitions, 'operations and fragments');
  }
  const open = new Map<string, Outline>();
  const roots: Outline[] = [];
  const compared: Compared = { spreads: 0, repeatedFields: 0, repeatedInFragments: 0 };
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      open.set(definition.name.value, outline(definition.selectionSet, compared));
    else if (definition.kind === Kind.OPERATION_DEFINITION) roots.push(outline(definition.selectionSet, compared));
  }
  const sizeByFragment = sizesOf(open);
  for (const size of sizeByFragment.values()) if (size.levels > MAX_DOCUMENT_LEVELS) throw tooDeep();
  let aliases = 0;
  for (const root of roots) {
    const size = sizeWithin(root, sizeByFragment);
    if (size.levels > MAX_DOCUMENT_LEVELS) throw tooDeep();
    if (size.top > limits.rootFields) throw exceeded('COST_LIMIT_EXCEEDED', limits.rootFields, 'root fields');
    if (size.fields > limits.fields) throw exceeded('COST_LIMIT_EXCEEDED', limits.fields, 'fields');
    if (size.aliases > limits.aliases) throw exceeded('COST_LIMIT_EXCEEDED', limits.aliases, 'aliases');
    aliases = Math.max(aliases, size.aliases);
  }
  return aliases;
}

/** Of a selection with all that it spreads. Beyond what numbers can tell, it is infinite. */
interface Size {
  readonly levels: number;
  readonly fields: number;
  readonly aliases: number;
  /** Fields of the type itself that it is of. */
  readonly top: number;
}

/** How a selection spreads a fragment. */
interface Spread {
  /** The deepest level. */
  level: number;
  times: number;
  /** Among the fields of the type itself. */
  timesAtTop: number;
}

/** A selection, apart from what it spreads. */
interface Outline {
  readonly own: Size;
  readonly spreads: ReadonlyMap<string, Spread>;
}

/** Sizes of fragments. Removes those it knows from `open`; those in or before a circle stay. */
function sizesOf(open: Map<string, Outline>): Map<string, Size> {
  const sizes = new Map<string, Size>();
  const users = new Map<string, string[]>();
  const waitsFor = new Map<string, number>();
  for (const [name, { spreads }] of open) {
    const known = [...spreads.keys()].filter((spread) => open.has(spread));
    waitsFor.set(name, known.length);
    for (const spread of known) getOrInsert(users, spread, () => []).push(name);
  }
  const ready = [...open.keys()].filter((name) => waitsFor.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    sizes.set(name, sizeWithin(open.get(name)!, sizes));
    open.delete(name);
    for (const user of users.get(name) ?? []) {
      const left = waitsFor.get(user)! - 1;
      waitsFor.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  return sizes;
}

/** What validation compares, in all of a document. */
interface Compared {
  spreads: number;
  /** Fields that repeat a name of their own selection. */
  repeatedFields: number;
  /** Fields that repeat a name of the selection that their inline fragment stands in, or of another one in it. */
  repeatedInFragments: number;
}

/** Goes down level by level, without recursion. */
function outline(root: SelectionSetNode, compared: Compared): Outline {
  const spreads = new Map<string, Spread>();
  const own = { levels: 0, fields: 0, aliases: 0, top: 0 };
  let level: readonly Selected[] = [{ set: root, isTop: true, names: new Set() }];
  for (; level.length > 0; own.levels++) {
    const next: Selected[] = [];
    for (const { set, isTop, names } of level) {
      countCompared(set, names, compared);
      for (const selection of set.selections) {
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const spread = getOrInsert(spreads, selection.name.value, () => ({ level: 0, times: 0, timesAtTop: 0 }));
          spread.level = own.levels + 1;
          spread.times++;
          if (isTop) spread.timesAtTop++;
          continue;
        }
        const isField = selection.kind === Kind.FIELD;
        if (isField) {
          own.fields++;
          if (selection.alias !== undefined) own.aliases++;
          if (isTop) own.top++;
        }
        if (!selection.selectionSet) continue;
        next.push({ set: selection.selectionSet, isTop: isTop && !isField, names: isField ? new Set() : names });
      }
    }
    level = next;
  }
  return { own, spreads };
}

/** @throws GraphQLError COST_LIMIT_EXCEEDED */
function countCompared({ selections }: SelectionSetNode, around: Set<string>, compared: Compared): void {
  const names = new Set<string>();
  let spreads = 0;
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) spreads++;
    if (selection.kind !== Kind.FIELD) continue;
    const { value } = selection.alias ?? selection.name;
    if (names.has(value)) compared.repeatedFields++;
    else if (around.has(value)) compared.repeatedInFragments++;
    names.add(value);
  }
  for (const name of names) around.add(name);
  compared.spreads += spreads;
  const { repeatedFields, repeatedInFragments } = compared;
  if (repeatedFields > MAX_REPEATED_FIELDS) {
    throw exceeded('COST_LIMIT_EXCEEDED', MAX_REPEATED_FIELDS, 'repeated fields');
  }
  if (repeatedInFragments > MAX_REPEATED_IN_FRAGMENTS) {
    throw exceeded('COST_LIMIT_EXCEEDED', MAX_REPEATED_IN_FRAGMENTS, 'fields repeated in inline fragments');
  }
  if (spreads > MAX_SPREADS_OF_SELECTION) {
    throw exceeded('COST_LIMIT_EXCEEDED', MAX_SPREADS_OF_SELECTION, 'fragments in one selection');
  }
  if (compared.spreads > MAX_SPREADS) throw exceeded('COST_LIMIT_EXCEEDED', MAX_SPREADS, 'spreads of fragments');
}

interface Selected {
  readonly set: SelectionSetNode;
  /** What it selects are fields of the outermost type. */
  readonly isTop: boolean;
  /** What the selection that it stands in selects, other inline fragments included. */
  readonly names: Set<string>;
}

function sizeWithin({ own, spreads }: Outline, sizes: ReadonlyMap<string, Size>): Size {
  let { levels, fields, aliases, top } = own;
  for (const [name, { level, times, timesAtTop }] of spreads) {
    const size = sizes.get(name);
    levels = Math.max(levels, level + (size?.levels ?? 0));
    if (size === undefined) continue;
    fields += times * size.fields;
    aliases += times * size.aliases;
    if (timesAtTop > 0) top += timesAtTop * size.top;
  }
  return { levels, fields, aliases, top };
}

const tooDeep = (): GraphQLError =>
  refused(
    'DEPTH_LIMIT_EXCEEDED',
    `Expected a document of at most ${MAX_DOCUMENT_LEVELS} levels within each other, fragments included, but got more. Nest less.`,
  );

const exceeded = (code: ErrorCode, most: number, what: string): GraphQLError =>
  refused(
    code,
    `Expected a document of at most ${most.toLocaleString('en-US')} ${what}, but got more. Ask in several requests${what === 'tokens' ? ', and pass values as variables' : ''}.`,
  );

const refused = (code: ErrorCode, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } });
