/**
 * Measures what is looked at before a request runs, and prints it as JSON: see `guards.test.ts`. A process of its own, since it
 * needs the modules as Node loads them, and the clock for itself.
 */
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import { isLonger } from '../../../src/http/graphql/answer-length.ts';
import { requireExecutable, requireParsable } from '../../../src/http/graphql/document-limits.ts';
import { parseExactly } from '../../../src/http/graphql/exact-json.ts';
import { type RequestLimits, toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import { requireKnownFields } from '../../../src/http/graphql/unknown-fields.ts';
import { nestingError } from '../../../src/http/graphql/variable-nesting.ts';
import { OperationCosts } from '../../../src/plans/cost/operation-costs.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import model from '../../../src/schema/model.ts';

/** How often each is measured; of several, the least counts. */
const REPEATS = Number(process.argv[2]);
const SIZES: readonly number[] = process.argv.slice(3).map(Number);
const REQUEST_CHARACTERS = 20_000;

const schema = buildSchema(model);
const UNLIMITED = Object.fromEntries(
  Object.keys(toRequestLimits({})).map((name) => [name, Number.MAX_SAFE_INTEGER]),
) as unknown as RequestLimits;

const many = (count: number, make: (at: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(separator);
const list = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

/** What a guard throws is part of its work. */
const attempt = (guard: () => unknown): void => {
  try {
    guard();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
};

type Guard = (text: string) => () => void;

const parsable: Guard = (text) => () => attempt(() => requireParsable(text, UNLIMITED));
const executable: Guard = (text) => {
  const document = parse(text, { noLocation: true });
  return () => attempt(() => requireExecutable(document, UNLIMITED));
};
const priced: Guard = (text) => {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode; // biome-ignore format: one line
  return () => void new OperationCosts({ model, schema, shards: 4 }).of(document, operation, {});
};

const WHERE = parse('query ($where: OrderWhere) { orders(where: $where, first: 1) { totalCount } }');
const whereOperation = WHERE.definitions[0] as OperationDefinitionNode;
const known = (where: unknown) => () => attempt(() => requireKnownFields(schema, whereOperation, { where }));
const pricedWith = (where: unknown) => {
  const costs = new OperationCosts({ model, schema, shards: 4 });
  return () => void costs.of(WHERE, whereOperation, { where });
};
const doubling = (count: number): string =>
  `{ ...F0 } ${many(count, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F${count} on Query { a }`;

/** The work of a guard on a request of some size. */
const GUARDS: Readonly<Record<string, (size: number) => () => void>> = {
  'tokens of names': (n) => parsable(`{ ${many(n, (at) => `a${at}`)} }`),
  'tokens of brackets': (n) => parsable(many(n, () => '{ }')),
  'tokens of brackets that end nowhere': (n) => parsable('{('.repeat(n)),
  'tokens of texts': (n) => parsable(`{ a(b: [${many(n, () => '"x"')}]) }`),
  'tokens of one text': (n) => parsable(`{ a(b: "${'x'.repeat(n)}") }`),
  'tokens of a block text': (n) => parsable(`{ a(b: """${' x\n'.repeat(n)}""") }`),
  'tokens after comments': (n) => parsable(`${'# x\n'.repeat(n)}{ a }`),
  'tokens of directives': (n) => parsable(`{ a ${'@b '.repeat(n)} }`),
  'a name': (n) => parsable(`{ ${'a'.repeat(n)} }`),
  fields: (n) => executable(`{ ${many(n, (at) => `a${at}`)} }`),
  aliases: (n) => executable(`{ ${many(n, (at) => `a${at}: b`)} }`),
  'fields of one name': (n) => executable(`{ ${many(n, () => 'a')} }`),
  'selections of fields': (n) => executable(`{ ${many(n, (at) => `a${at} { b }`)} }`),
  'inline fragments': (n) => executable(`{ ${many(n, () => '... { a }')} }`),
  'spreads of a fragment': (n) => executable(`{ ${many(n, () => '...F')} } fragment F on Query { a }`),
  'fragments in a chain': (n) =>
    executable(
      `{ ...F0 } ${many(n, (at) => `fragment F${at} on Query { ...F${at + 1} }`)} fragment F${n} on Query { a }`,
    ),
  'fragments in a circle': (n) =>
    executable(`{ ...F0 } ${many(n, (at) => `fragment F${at} on Query { ...F${(at + 1) % n} }`)}`),
  'fragments that spread the next one twice': (n) => executable(doubling(n)),
  operations: (n) => executable(many(n, (at) => `query Q${at} { a }`)),
  'the cost of root fields': (n) => priced(`{ ${many(n, (at) => `a${at}: orders(first: 1) { nodes { id } }`)} }`),
  'the cost of fields': (n) => priced(`{ orders { nodes { ${many(n, (at) => `a${at}: id`)} } } }`),
  'the cost of fragments that spread the next one twice': (n) => priced(doubling(Math.min(n, 1_000)).repeat(1)),
  'the cost of a filter in a variable': (n) => pricedWith({ OR: list(n, () => ({ items: { some: {} } })) }),
  'known fields of variables': (n) => known({ AND: list(n, () => ({ id: { eq: 'x' } })) }),
  'unknown fields of variables': (n) => known(Object.fromEntries(list(n, (at) => [`a${at}`, at]))),
  'levels of variables': (n) => {
    const deep = list(n, () => 0).reduce<unknown>((inner) => [inner], []);
    return () => void nestingError({ deep } as never);
  },
  'members of variables': (n) => {
    const wide = list(n, (at) => ({ at }));
    return () => void nestingError({ wide } as never);
  },
  'numbers with all digits': (n) => {
    const text = `[${many(n, () => '12345678901234567890', ',')}]`;
    return () => void parseExactly(text);
  },
  'one number of many digits': (n) => {
    const text = `[${'1'.repeat(n)}]`;
    return () => void parseExactly(text);
  },
  'the length of an answer': (n) => {
    const data = { rows: list(n, (at) => ({ id: `row ${at}`, at })) };
    return () => void isLonger({ data } as never, Number.MAX_SAFE_INTEGER);
  },
};

/** Milliseconds of this thread on a processor so far: waiting for one does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Least milliseconds of one run: what others do on the machine only adds to it. */
function leastMs(work: () => void): number {
  work();
  const perBatch = batchOf(work);
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < REPEATS; run++) {
    const start = cpuMs();
    for (let each = 0; each < perBatch; each++) work();
    least = Math.min(least, (cpuMs() - start) / perBatch);
  }
  return least;
}

/** The clock of threads goes in steps of some milliseconds. */
const BATCH_MS = REPEATS > 1 ? 50 : 0;

/** So many runs that a batch takes so long. */
function batchOf(work: () => void): number {
  const start = cpuMs();
  let runs = 0;
  do {
    work();
    runs++;
  } while (cpuMs() - start < BATCH_MS);
  return runs;
}

/** Requests of 20,000 characters, of much of one thing. */
const filled = (make: (at: number) => string, around: (inner: string) => string): string => {
  let inner = '';
  for (let at = 0; inner.length < REQUEST_CHARACTERS - 100; at++) inner += make(at);
  return around(inner);
};

const REQUESTS: Readonly<Record<string, string>> = {
  names: filled(
    (at) => `a${at} `,
    (inner) => `{ ${inner} }`,
  ),
  aliases: filled(
    (at) => `a${at}:b `,
    (inner) => `{ ${inner} }`,
  ),
  brackets: filled(
    () => '{a',
    (inner) => inner,
  ),
  punctuation: filled(
    () => '!',
    (inner) => inner,
  ),
  spreads: filled(
    () => '...F ',
    (inner) => `{ ${inner} } fragment F on Query { a }`,
  ),
  fragments: filled(
    (at) => `fragment F${at} on Query{...F${at + 1}...F${at + 1}}`,
    (inner) => `{ ...F0 } ${inner}`,
  ),
  directives: filled(
    () => '@a ',
    (inner) => `{ a ${inner} }`,
  ),
  'inline fragments': filled(
    () => '...{a} ',
    (inner) => `{ ${inner} }`,
  ),
  lists: filled(
    () => '[',
    (inner) => `{ a(b: ${inner}`,
  ),
  'one name': filled(
    () => 'a',
    (inner) => `{ ${inner} }`,
  ),
  'one text': filled(
    () => 'a',
    (inner) => `{ a(b: "${inner}") }`,
  ),
};

/** By name: milliseconds by size of the guard's request, or of a document of 20,000 characters. */
const result = {
  guards: Object.fromEntries(
    Object.entries(GUARDS).map(([name, guard]) => [name, SIZES.map((size) => leastMs(guard(size)))]),
  ),
  requests: Object.fromEntries(
    Object.entries(REQUESTS).map(([name, text]) => [name, leastMs(() => lookedThrough(text))]),
  ),
};
console.log(JSON.stringify(result));

function lookedThrough(text: string): void {
  attempt(() => {
    requireParsable(text, toRequestLimits({}));
    requireExecutable(parse(text, { noLocation: true }), toRequestLimits({}));
  });
}
