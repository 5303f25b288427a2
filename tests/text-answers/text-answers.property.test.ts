/**
 * Answers that plans write as text are byte for byte those of the executor: random documents over random rows, errors and extensions
 * included, by callers who see everything and by callers with rules. `SEED` repeats a run; `RUNS` sets how many documents are asked.
 */
import { type DocumentNode, getOperationAST, Kind, parse, print, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import flights from '../../examples/openflights/model.ts';
import shop from '../../src/schema/model.ts';
import allTypes from '../models/all-types/model.ts';
import { startAccessLab } from '../support/access/access-lab.ts';
import { OperationGenerator } from '../support/access/random-operations.ts';
import { accessRows, randomViewer } from '../support/access/rows.ts';
import { type Asked, randomDocuments, TokenPool, tryParse } from '../support/fuzz/random-documents.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createWorldRows } from '../support/queries/create-rows.ts';
import { allTypesWorld } from '../support/queries/worlds/all-types.ts';
import { flightsWorld } from '../support/queries/worlds/flights.ts';
import { shopWorld } from '../support/queries/worlds/shop.ts';
import { createRandom } from '../support/random.ts';
import { bothWays } from '../support/text/both-ways.ts';
import { keyedDocument } from '../support/text/keyed-documents.ts';
import { limitsExceeded } from '../support/text/limits-exceeded.ts';

const { numRuns, seed } = propertyRuns(120);
/** Worlds differ by their random rows. */
const DOCUMENTS_PER_WORLD = 500;
const DOCUMENTS_PER_VIEWER = 10;

/** How many answers were written by their plans, and for how many root fields of them by shards. */
async function compare(
  { schema, answer }: ReturnType<typeof bothWays>,
  documents: Iterable<Asked>,
  count: number,
  learn: (data: unknown) => void,
): Promise<Counts> {
  let made = 0;
  let texts = 0;
  let ofShards = 0;
  for (const { query: asked, variables } of documents) {
    if (made === count) break;
    const document = tryParse(asked);
    if (document === null || validate(schema, document).length > 0) continue;
    if (getOperationAST(document)?.operation !== 'query') continue;
    // Shards write what is not cached. Every fourth is asked as it is.
    const query = made % 4 === 0 ? asked : print(strong(document));
    made++;
    const { written, executed, isPlain, isText, shardTexts } = await answer({ query, variables });
    expect(written, `${query}\n${JSON.stringify(variables)}`).toBe(executed);
    const { data, errors } = JSON.parse(written.slice(4));
    expect(isText, query).toBe(isPlain && errors === undefined);
    learn(data);
    if (isText) texts++;
    ofShards += shardTexts;
  }
  return { texts, ofShards };
}

interface Counts {
  readonly texts: number;
  readonly ofShards: number;
}

const STRONG = parse('query @consistency(mode: STRONG) { a }').definitions.flatMap((definition) =>
  definition.kind === Kind.OPERATION_DEFINITION ? (definition.directives ?? []) : [],
);

const strong = (document: DocumentNode): DocumentNode =>
  visit(document, {
    OperationDefinition: (node) => ({
      ...node,
      directives: [...(node.directives ?? []).filter(({ name }) => name.value !== 'consistency'), ...STRONG],
    }),
  });

const APIS = [
  { name: 'shop', model: shop, makeWorld: shopWorld },
  { name: 'all-types', model: allTypes, makeWorld: allTypesWorld },
  { name: 'flights', model: flights, makeWorld: flightsWorld },
];
/** The shop's rows take longest to make, and have nothing that the other models lack. */
const CHOSEN = APIS.filter(({ name }) => name !== 'shop' || numRuns > 1_000);
const PER_API = Math.ceil(numRuns / (CHOSEN.length + 1));
const DOCUMENTS = describeRuns({ numRuns: PER_API, seed });

describe('answers as text', () => {
  it.each(CHOSEN)(
    `are those of the executor, with rows of shards: $name (${DOCUMENTS})`,
    async ({ model, makeWorld }) => {
      const random = createRandom(seed);
      let ofShards = 0;
      for (let left = PER_API; left > 0; left -= DOCUMENTS_PER_WORLD) {
        const world = makeWorld(random);
        const worker = createLabWorker(model, 2);
        await createWorldRows(worker, world);
        const documents = function* () {
          for (;;) yield keyedDocument(world, random);
        };
        const api = bothWays(worker);
        const answer = async (asked: Parameters<typeof api.answer>[0]) => {
          const answers = await api.answer(asked);
          for (const read of answers.reads) expect(limitsExceeded(model, read), asked.query).toEqual([]);
          return answers;
        };
        const counts = await compare({ ...api, answer }, documents(), Math.min(left, DOCUMENTS_PER_WORLD), () => {});
        ofShards += counts.ofShards;
      }
      // One in ten shows columns that only code can show.
      expect(ofShards).toBeGreaterThan(PER_API / 5);
    },
  );

  it.each(CHOSEN)(`are those of the executor: $name (${DOCUMENTS})`, async ({ model, makeWorld }) => {
    const random = createRandom(seed);
    let texts = 0;
    for (let left = PER_API; left > 0; left -= DOCUMENTS_PER_WORLD) {
      const world = makeWorld(random);
      const worker = createLabWorker(model, 2);
      await createWorldRows(worker, world);
      const tokens = new TokenPool();
      const api = bothWays(worker);
      const documents = randomDocuments(api.schema, world, random, tokens, 1);
      const counts = await compare(api, documents, Math.min(left, DOCUMENTS_PER_WORLD), (data) => tokens.add(data));
      texts += counts.texts;
    }
    // Many documents are refused, or lead to other shards.
    expect(texts).toBeGreaterThan(PER_API / 20);
  });

  it(`are those of the executor, for callers with rules (${DOCUMENTS})`, async () => {
    const random = createRandom(seed);
    let texts = 0;
    for (let left = PER_API; left > 0; left -= DOCUMENTS_PER_WORLD) {
      const rows = accessRows(random);
      const worker = await startAccessLab(rows, 2);
      for (let viewers = 0; viewers * DOCUMENTS_PER_VIEWER < Math.min(left, DOCUMENTS_PER_WORLD); viewers++) {
        const viewer = randomViewer(random);
        const generator = new OperationGenerator(rows, viewer, random);
        const learn = (data: unknown) => generator.learn(JSON.stringify(JSON.stringify(data)));
        const counts = await compare(bothWays(worker, viewer), operations(generator), DOCUMENTS_PER_VIEWER, learn);
        texts += counts.texts;
      }
    }
    expect(texts).toBeGreaterThan(PER_API / 20);
  });
});

function* operations(generator: OperationGenerator): Generator<Asked> {
  for (;;) {
    const { path, body } = generator.operation(2, true);
    if (path !== '/graphql' || body === undefined) continue;
    const { query, variables = {}, extensions } = JSON.parse(body);
    if (typeof query === 'string' && extensions === undefined) yield { query, variables };
  }
}
