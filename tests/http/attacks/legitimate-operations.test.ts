/** The default limits keep nobody from what applications ask. */
import { getIntrospectionQuery } from 'graphql';
import { beforeAll, expect, it } from 'vitest';
import { graphql } from '../support.ts';
import { fillShop, guardedShop } from './guarded-shop.ts';
import { LEGITIMATE_OPERATIONS } from './legitimate-operations.ts';

interface Answer {
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly extensions?: { readonly cost: { readonly requested: number; readonly budget: number } };
}

const send = guardedShop();

const ask = async (worker: typeof send, request: object): Promise<Answer> => {
  const response = await worker('/graphql', { ...graphql(''), body: JSON.stringify(request) });
  return response.json<Answer>();
};

beforeAll(fillShop);

it('there are 300 operations and more', () => {
  expect(LEGITIMATE_OPERATIONS.length).toBeGreaterThanOrEqual(300);
});

it('all of them pass, and none needs a fourth of the budget', async () => {
  const failed: string[] = [];
  let greatest = 0;
  for (const { name, query, variables } of LEGITIMATE_OPERATIONS) {
    const { errors = [], extensions } = await ask(send, { query, variables });
    for (const { message, extensions: of } of errors) failed.push(`${name}: ${of.code} ${message}\n${query}`);
    greatest = Math.max(greatest, extensions?.cost.requested ?? 0);
  }
  expect(failed).toEqual([]);
  expect(greatest).toBeLessThan(250_000 / 4);
});

it('so does what GraphiQL and code generators ask of the schema', async () => {
  const shown = guardedShop({ introspection: true });
  for (const options of [
    {},
    {
      inputValueDeprecation: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      oneOf: true,
    },
  ]) {
    const { errors, extensions } = await ask(shown, {
      query: getIntrospectionQuery(options),
      operationName: 'IntrospectionQuery',
    });
    expect(errors).toBeUndefined();
    expect(extensions!.cost.requested).toBeLessThan(250_000);
  }
});
