/** The audits of the GraphQL over HTTP specification, against the running product: on one's own machine, and as it is deployed. */
import { type Audit, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, type ProductionRun, startProduction } from '../support/production/run.ts';
import { type Server, startServer } from '../support/server.ts';

async function expectOk({ fn }: Audit): Promise<void> {
  const result = await fn();
  expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
}

describe('on one’s own machine', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ shards: 1 });
  });
  afterAll(() => server?.stop());

  const audits = serverAudits({ url: () => server.url });

  it('all audits of the specification are known', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', (_, audit) => expectOk(audit));
});

/** Variables are tried on the name of a type, and introspection is refused here, as it has to be: another field takes the variable. */
const ASKED_TYPE = '__type(name: $name) { name }';
const ASKED_PRODUCTS = 'products(where: { name: { eq: $name } }, first: 1) { nodes { name } }';

/** Nothing is open that need not be: no developer role, no introspection, no suggestions, CORS for one origin, callers by token. */
describe('as it is deployed', () => {
  let run: ProductionRun;
  beforeAll(async () => {
    run = await startProduction();
  });
  afterAll(() => run?.stop());

  describe.each(['anonymous', 'customer'] as const)('by a caller who is %s', (caller) => {
    const audits = serverAudits({
      url: () => run.server.url,
      fetchFn: (input: string, { headers, body, ...init }: RequestInit = {}) =>
        fetch(input, {
          ...init,
          ...(typeof body === 'string' && { body: body.replace(ASKED_TYPE, ASKED_PRODUCTS) }),
          headers: { ...(headers as Record<string, string>), ...bearer(run.tokens[caller]) },
        }),
    });
    const required = audits.filter(({ name }) => /^(MUST|SHOULD)\b/.test(name));

    it('all audits of what servers must and should do are made', () => {
      expect(required.length).toBeGreaterThan(20);
      expect(audits.filter((audit) => !required.includes(audit)).every(({ name }) => name.startsWith('MAY'))).toBe(
        true,
      );
    });

    it.each(required.map((audit) => [audit.name, audit] as const))('%s', (_, audit) => expectOk(audit));
  });
});
