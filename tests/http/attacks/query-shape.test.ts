/** What a Worker with the default limits does with requests that are made to cost much. */
import { beforeAll, describe, expect, it } from 'vitest';
import { graphql } from '../support.ts';
import { fillShop, guardedShop } from './guarded-shop.ts';
import { type Attack, DEEP, DIRECTIVES, FRAGMENTS, INTROSPECTION, SHOWN_SCHEMA, WIDE } from './query-shapes.ts';
import { FILTERS, ORDERS, PAGES, REQUESTS, VARIABLES, WRITES } from './query-shapes-of-data.ts';

const KINDS: Readonly<Record<string, readonly Attack[]>> = {
  'what is deep': DEEP,
  'what is wide': WIDE,
  directives: DIRECTIVES,
  fragments: FRAGMENTS,
  introspection: INTROSPECTION,
  pages: PAGES,
  filters: FILTERS,
  'orders and groups': ORDERS,
  mutations: WRITES,
  variables: VARIABLES,
  requests: REQUESTS,
};

/** Of one answer: no refusal repeats what it refuses. */
const MAX_ANSWER_CHARACTERS = 50_000;

const send = guardedShop();
const sendShown = guardedShop({ introspection: true });

interface Answer {
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function outcomeOf(worker: typeof send, [, , request]: Attack): Promise<unknown> {
  const body = 'body' in request ? request.body : JSON.stringify(request);
  const response = await worker('/graphql', { ...graphql(''), body });
  const text = await response.text();
  expect(text.length).toBeLessThan(MAX_ANSWER_CHARACTERS);
  const { errors = [] } = JSON.parse(text) as Answer;
  for (const { message } of errors) expect(message).not.toMatch(/SQLITE|node_modules|\bat \//);
  const codes = [...new Set(errors.map(({ extensions }) => extensions.code))];
  return codes.length === 0 ? 'answered' : codes.join();
}

beforeAll(fillShop);

describe.each(Object.entries(KINDS))('%s', (_, attacks) => {
  it.each(attacks)('%s: %s', async (...attack) => {
    expect(await outcomeOf(send, attack as unknown as Attack)).toBe(attack[1]);
  });
});

describe('introspection that is allowed', () => {
  it.each(SHOWN_SCHEMA)('%s: %s', async (...attack) => {
    expect(await outcomeOf(sendShown, attack as unknown as Attack)).toBe(attack[1]);
  });
});

it('are at least 150, each once', () => {
  const names = Object.entries({ ...KINDS, shown: SHOWN_SCHEMA }).flatMap(([kind, attacks]) =>
    attacks.map(([name]) => `${kind}: ${name}`),
  );
  expect(names.length).toBeGreaterThanOrEqual(150);
  expect(new Set(names).size).toBe(names.length);
});
