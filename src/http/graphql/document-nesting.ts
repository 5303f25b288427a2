import { type DocumentNode, GraphQLError, Kind, Lexer, type SelectionSetNode, Source, TokenKind } from 'graphql';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { ErrorCode } from '../../shards/errors.ts';

/**
 * Levels of brackets in a document's text, and of selections in an operation, fragments counted where they are spread.
 * Enough for 100 relations within each other and for a JSON value of 500 levels. graphql-js parses, validates and executes by
 * recursion, and the stack ends at some 2,000 levels.
 */
const MAX_DOCUMENT_LEVELS = 600;

const CODE: ErrorCode = 'DEPTH_LIMIT_EXCEEDED';

const OPENING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const CLOSING: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Throws if the text is nested too deep to be parsed. Goes through its tokens, without recursion; the parser
 * reports what is wrong with them.
 *
 * @throws GraphQLError DEPTH_LIMIT_EXCEEDED
 */
export function requireParsable(text: string): void {
  const lexer = new Lexer(new Source(text));
  let levels = 0;
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      if (OPENING.has(token.kind)) levels++;
      else if (CLOSING.has(token.kind)) levels--;
      if (levels > MAX_DOCUMENT_LEVELS) break;
    }
  } catch {
    return;
  }
  if (levels > MAX_DOCUMENT_LEVELS) throw tooDeep();
}

/**
 * Throws if fragments within each other make a selection too deep to be validated. Validation
 * reports fragments that spread each other in a circle, unless there are too many for it.
 *
 * @throws GraphQLError DEPTH_LIMIT_EXCEEDED
 */
export function requireExecutable({ definitions }: DocumentNode): void {
  const open = new Map<string, Outline>();
  const roots: Outline[] = [];
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) open.set(definition.name.value, outline(definition.selectionSet));
    else if (definition.kind === Kind.OPERATION_DEFINITION) roots.push(outline(definition.selectionSet));
  }
  if (open.size === 0) return;
  const levelsByFragment = levelsOf(open);
  if (open.size > MAX_DOCUMENT_LEVELS) throw tooDeep();
  for (const root of roots) if (levelsWithin(root, levelsByFragment) > MAX_DOCUMENT_LEVELS) throw tooDeep();
  for (const levels of levelsByFragment.values()) if (levels > MAX_DOCUMENT_LEVELS) throw tooDeep();
}

/** Levels of each fragment. Removes the fragments it knows from `open`; those in or before a circle stay. */
function levelsOf(open: Map<string, Outline>): Map<string, number> {
  const levels = new Map<string, number>();
  const users = new Map<string, string[]>();
  const waitsFor = new Map<string, number>();
  for (const [name, { spreads }] of open) {
    const known = [...spreads.keys()].filter((spread) => open.has(spread));
    waitsFor.set(name, known.length);
    for (const spread of known) getOrInsert(users, spread, () => []).push(name);
  }
  const ready = [...open.keys()].filter((name) => waitsFor.get(name) === 0);
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    levels.set(name, levelsWithin(open.get(name)!, levels));
    open.delete(name);
    for (const user of users.get(name) ?? []) {
      const left = waitsFor.get(user)! - 1;
      waitsFor.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  return levels;
}

/** A selection without what it selects. */
interface Outline {
  /** Levels of the selection itself. */
  readonly own: number;
  /** At which level each fragment is spread, the deepest. */
  readonly spreads: ReadonlyMap<string, number>;
}

function outline(root: SelectionSetNode): Outline {
  const spreads = new Map<string, number>();
  let own = 0;
  let level: readonly SelectionSetNode[] = [root];
  for (; level.length > 0; own++) {
    const next: SelectionSetNode[] = [];
    for (const selection of level.flatMap(({ selections }) => selections)) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) spreads.set(selection.name.value, own + 1);
      else if (selection.selectionSet) next.push(selection.selectionSet);
    }
    level = next;
  }
  return { own, spreads };
}

function levelsWithin({ own, spreads }: Outline, levels: ReadonlyMap<string, number>): number {
  let most = own;
  for (const [name, at] of spreads) most = Math.max(most, at + (levels.get(name) ?? 0));
  return most;
}

const tooDeep = (): GraphQLError =>
  new GraphQLError(
    `Expected a document of at most ${MAX_DOCUMENT_LEVELS} levels within each other, fragments included, but got more. Nest less.`,
    { extensions: { code: CODE } },
  );
