/** Spoils an operation: its text token by token, its variables value by value, or as a whole. */
import { below, pick, type Random } from '../random.ts';
import type { Operation } from './document-generator.ts';
import { wildText, wildValue } from './wild-values.ts';

const TOKEN = /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[$@]?[A-Za-z_]\w*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^\s]/g;

const WORDS = [
  '{', '}', '(', ')', '[', ']', ':', '!', '...', '@skip(if: true)', '@include(if: false)', '@consistency', 'null', 'true',
  '__typename', '__schema { types { name fields { name } } }', '$undeclared', '"\\uD800"', '"unterminated', '"""block"""',
  '99999999999999999999', '1e999', '-', '0.0.0', 'on', 'fragment', 'query', 'subscription { x }', 'version', '_version',
  '@consistency(mode: BOUNDED)', '@consistency(mode: CACHED) @consistency(mode: STRONG)', '#', ',', '\u0000', '\uFEFF', '&',
]; // biome-ignore format: a table

export function mutateOperation(random: Random, operation: Operation): unknown {
  const roll = random();
  if (roll < 0.5) return { ...operation, query: mutateText(random, operation.query) };
  if (roll < 0.85) return { ...operation, variables: mutateValue(random, operation.variables) };
  return pick<() => unknown>(random, [
    () => ({ ...operation, query: selfReference(operation.query) }),
    () => ({ ...operation, query: nestedDocument(below(random, 400)) }),
    () => ({ ...operation, query: repeatedFields(below(random, 150)) }),
    () => ({ ...operation, query: `${operation.query}\n${operation.query}` }),
    () => ({ ...operation, operationName: wildText(random) }),
    () => ({ ...operation, variables: wildValue(random) }),
    () => ({ ...operation, extensions: wildValue(random) }),
    () => ({ ...operation, query: wildValue(random) }),
    () => [operation, operation],
    () => wildValue(random),
  ])();
}

function mutateText(random: Random, text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  for (let times = 1 + below(random, 4); times > 0 && tokens.length > 0; times--) {
    const at = below(random, tokens.length);
    const other = below(random, tokens.length);
    const change = below(random, 6);
    if (change === 0) tokens.splice(at, 1);
    else if (change === 1) tokens.splice(at, 0, tokens[other]!);
    else if (change === 2) tokens[at] = tokens[other]!;
    else if (change === 3) tokens[at] = pick(random, WORDS);
    else if (change === 4) tokens.splice(at, 0, pick(random, WORDS));
    else tokens.splice(at, 0, ...tokens.slice(other, other + 1 + below(random, 12)));
  }
  return tokens.join(' ');
}

/** Replaces one value somewhere inside. */
function mutateValue(random: Random, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.2) return wildValue(random);
  if (Array.isArray(value)) {
    if (value.length === 0 || random() < 0.2) return [...value, wildValue(random)];
    const at = below(random, value.length);
    return value.with(at, mutateValue(random, value[at]));
  }
  const names = Object.keys(value);
  if (names.length === 0 || random() < 0.1) return { ...value, [wildText(random)]: wildValue(random) };
  const name = pick(random, names);
  return { ...value, [name]: mutateValue(random, (value as Record<string, unknown>)[name]) };
}

/** Fragments that contain each other. */
const selfReference = (query: string): string =>
  `${query.replace('{', '{ ...Loop ')}\nfragment Loop on Query { ...Pool __typename }\nfragment Pool on Query { ...Loop }`;

/** Goes to and fro between two types. */
function nestedDocument(depth: number): string {
  let inner = 'id';
  for (let level = 0; level < depth; level++) {
    inner = level % 2 === 0 ? `customer { ${inner} }` : `orders(first: 1) { nodes { ${inner} } }`;
  }
  return depth % 2 === 0
    ? `{ customers(first: 1) { nodes { ${inner} } } }`
    : `{ orders(first: 1) { nodes { ${inner} } } }`;
}

const repeatedFields = (count: number): string =>
  `{ ${Array.from({ length: count }, (_, at) => `${at % 3 === 0 ? '' : `a${at}: `}orders(first: 1) { totalCount }`).join(' ')} }`;
