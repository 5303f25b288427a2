/**
 * The demo as it is deployed: what visitors, a customer, the admin of a shop and an operator see and may do, each with the credential that
 * they would have.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../support/chromium.ts';
import { errorSummary, type GraphQLAnswer } from '../support/graphql.ts';
import { CHANGES, EXPECTED_LEFT_BEHIND, LEFT_BEHIND } from '../support/production/changes.ts';
import { Issuer } from '../support/production/issuer.ts';
import { CALLERS, type CallerName, type Outcome, QUESTIONS } from '../support/production/questions.ts';
import { bearer, type ProductionRun, SESSION, startProduction } from '../support/production/run.ts';

let run: ProductionRun;
beforeAll(async () => {
  run = await startProduction();
});
afterAll(() => run?.stop());

const ask = (caller: CallerName, query: string, variables?: object, headers: Record<string, string> = {}) =>
  run.server.graphql(query, variables as Record<string, unknown>, { ...bearer(run.tokens[caller]), ...headers });

async function outcomeOf(caller: CallerName, query: string, variables?: object): Promise<Outcome> {
  const { data, errors } = await ask(caller, query, variables);
  expect(JSON.stringify(errors), query).not.toMatch(/did you mean/i);
  return errors.length === 0 ? data : String(errors[0]!.extensions?.code);
}

describe('before anything is written', () => {
  it.each(QUESTIONS)('%s', async (query, ...outcomes) => {
    const got = await Promise.all(CALLERS.map((caller) => outcomeOf(caller, query)));
    expect(Object.fromEntries(CALLERS.map((caller, index) => [caller, got[index]]))).toEqual(
      Object.fromEntries(CALLERS.map((caller, index) => [caller, outcomes[index]])),
    );
  });

  it('ids and cursors of others lead nowhere', async () => {
    const { data } = await ask(
      'operator',
      '{ bob: order(by: { id: "b1" }) { nodeId } cyd: order(by: { id: "c1" }) { nodeId } orders(first: 2) { pageInfo { endCursor } } }',
    );
    const ids = [data.bob.nodeId, data.cyd.nodeId];
    const nodes = 'query ($ids: [ID!]!) { nodes(nodeIds: $ids) { __typename ... on Order { id } } }';
    expect(await outcomeOf('operator', nodes, { ids })).toMatchObject({ nodes: [{ id: 'b1' }, { id: 'c1' }] });
    expect(await outcomeOf('admin', nodes, { ids })).toMatchObject({ nodes: [{ id: 'b1' }, null] });
    expect(await outcomeOf('customer', nodes, { ids })).toEqual({ nodes: [null, null] });
    const after = data.orders.pageInfo.endCursor;
    const page = 'query ($after: String) { orders(after: $after) { nodes { id } } }';
    expect(await outcomeOf('customer', page, { after })).toEqual({ orders: { nodes: [] } });
    expect(await outcomeOf('admin', page, { after })).toEqual({ orders: { nodes: [{ id: 'b1' }] } });
  });
});

describe('what is for operators', () => {
  const PATHS: readonly (readonly [method: string, path: string, body?: string])[] = [
    ['GET', '/import'],
    ['POST', '/import?table=Tenant&dryRun=1', '{"id":"t9","name":"x","plan":"FREE","settings":{}}'],
    ['GET', '/export?table=Order'],
    ['GET', '/schema'],
    ['GET', '/status'],
    ['GET', '/metrics'],
    ['GET', '/migrations'],
    ['POST', '/migrations/run'],
    ['POST', '/warm', '{"table":"Product","shardKey":"t1"}'],
    ['POST', '/operator', '{"query":"{ __typename }"}'],
  ];

  it.each(PATHS)('%s %s', async (method, path, body) => {
    const status: Record<string, number> = {};
    for (const caller of CALLERS) {
      const headers = { 'content-type': 'application/json', ...bearer(run.tokens[caller]) };
      const response = await fetch(run.server.origin + path, { method, headers, body });
      const text = await response.text();
      status[caller] = response.status;
      if (caller !== 'operator') expect(text).not.toContain('t1');
    }
    expect(status).toEqual({ anonymous: 401, customer: 403, admin: 403, operator: 200 });
  });

  const REFUSED = { anonymous: 'UNAUTHENTICATED', customer: 'FORBIDDEN', admin: 'FORBIDDEN' };

  it.each(CALLERS)('plans and traces (%s)', async (caller) => {
    const query = '{ products { nodes { id } } }';
    const response = await fetch(run.server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(run.tokens[caller]) },
      body: JSON.stringify({ query, extensions: { explain: true } }),
    });
    const explained = (await response.json()) as Pick<GraphQLAnswer, 'errors' | 'extensions'>;
    const traced = await ask(caller, query, {}, { 'x-shardql-trace': '1' });
    if (caller === 'operator') {
      expect(explained.extensions.explain).toBeDefined();
      expect(traced.extensions.trace).toBeDefined();
    } else {
      expect(explained).toMatchObject({ errors: [{ extensions: { code: REFUSED[caller] } }] });
      expect(explained.extensions?.explain).toBeUndefined();
      expect(traced.extensions.trace).toBeUndefined();
    }
  });

  it('nobody asks as somebody else, or gets GraphiQL', async () => {
    for (const caller of CALLERS) {
      const answer = await ask(caller, '{ __typename }', {}, { 'x-shardql-as': 'operator' });
      expect(errorSummary(answer), caller).toEqual(['FORBIDDEN']);
    }
    const page = await fetch(run.server.url, { headers: { accept: 'text/html' } });
    expect(await page.text()).not.toMatch(/<html/i);
  });
});

describe('writes', () => {
  it.each(CHANGES)('%s: %s', async (caller, mutation, outcome) => {
    expect(await outcomeOf(caller, `mutation { ${mutation} }`)).toEqual(outcome);
  });

  it('that were refused have changed nothing', async () => {
    expect(await outcomeOf('operator', LEFT_BEHIND)).toEqual(EXPECTED_LEFT_BEHIND);
  });
});

describe.skipIf(CHROMIUM === undefined)('pages', () => {
  let browser: Browser;
  /** Served from the origin that `cors` names, and from one that it does not. */
  let known: Page;
  let strange: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    const context = await browser.newContext();
    // Same site, as it has the same host: browsers send the cookie along.
    await context.addCookies([{ name: 'session', value: SESSION, url: run.server.origin }]);
    [known, strange] = [await context.newPage(), await context.newPage()];
    await Promise.all([known.goto(run.pageOrigin), strange.goto(run.strangeOrigin)]);
  });
  afterAll(() => browser?.close());

  interface Sent {
    readonly query: string;
    readonly token: string | undefined;
    readonly session?: string;
  }

  /** As an application would: what the page reads, or `unreadable`. */
  const fetchFrom = (page: Page, { query, token, session }: Sent) =>
    page.evaluate(
      async ({ url, headers, query }) => {
        try {
          const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
          const { data, errors } = (await response.json()) as GraphQLAnswer;
          return { status: response.status, data, errors, headers: Object.fromEntries(response.headers) };
        } catch {
          return 'unreadable';
        }
      },
      {
        url: run.server.url,
        query,
        headers: {
          'content-type': 'application/json',
          ...bearer(token),
          ...(session !== undefined && { 'x-shardql-token': session }),
        },
      },
    );

  const orderNote = async () => (await ask('operator', '{ order(by: { id: "b1" }) { note } }')).data.order.note;
  const noting = (note: string) => `mutation { updateOrder(by: { id: "b1" }, data: { note: "${note}" }) { note } }`;

  it('of the origin that is named read and write as their caller, and read the headers', async () => {
    const asVisitor = await fetchFrom(known, { query: '{ products { totalCount } }', token: undefined });
    expect(asVisitor).toMatchObject({ status: 200, data: { products: { totalCount: 3 } } });
    const asCustomer = await fetchFrom(known, { query: '{ orders { totalCount } }', token: run.tokens.customer });
    expect(asCustomer).toMatchObject({ status: 200, data: { orders: { totalCount: 2 } } });
    const written = await fetchFrom(known, { query: noting('by a page'), token: run.tokens.admin });
    expect(written).toMatchObject({
      data: { updateOrder: { note: 'by a page' } },
      headers: {
        'x-shardql-token': expect.stringMatching(/^s1\./),
        'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
      },
    });
    const session = (written as { headers: Record<string, string> }).headers['x-shardql-token']!;
    const query = '{ order(by: { id: "b1" }) @consistency(mode: SESSION) { note } }';
    expect(await fetchFrom(known, { query, token: run.tokens.admin, session })).toMatchObject({
      data: { order: { note: 'by a page' } },
    });
  });

  it('of the origin that is named read why they are refused, and when to try again', async () => {
    const others = await fetchFrom(known, { query: noting('x'), token: run.tokens.customer });
    expect(others).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    const forged = await fetchFrom(known, { query: '{ __typename }', token: 'no-token' });
    expect(forged).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    const token = await run.issuer.token({ role: 'admin', shardKey: 't1' }, { issuer: run.silentIssuer });
    expect(await fetchFrom(known, { query: '{ __typename }', token })).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    });
  });

  it('reach no path of operators, from any origin', async () => {
    for (const page of [known, strange]) {
      for (const path of ['/schema', '/export?table=Order', '/metrics']) {
        const read = page.evaluate((url) => fetch(url).then((response) => response.text()), run.server.origin + path);
        await expect(read, path).rejects.toThrow('Failed to fetch');
      }
    }
  });

  it('of other origins read nothing', async () => {
    for (const caller of CALLERS) {
      const sent = { query: '{ products { totalCount } }', token: run.tokens[caller] };
      expect(await fetchFrom(strange, sent), caller).toBe('unreadable');
      expect(await fetchFrom(strange, { ...sent, query: noting('by a stranger') }), caller).toBe('unreadable');
    }
    const simple = `${run.server.url}?query=${encodeURIComponent('{ products { totalCount } }')}`;
    const read = strange.evaluate((url) => fetch(url, { credentials: 'include' }).then(({ status }) => status), simple);
    await expect(read).rejects.toThrow('Failed to fetch');
    expect(await orderNote()).toBe('by a page');
  });

  it('of other origins change nothing by requests that need no preflight, though those have the cookie', async () => {
    const mutation = JSON.stringify({ query: noting('by a stranger') });
    const cookies = () => fetch(`${run.server.origin}/test/cookies`).then((response) => response.json());
    const before = Number(await cookies());
    const statuses: number[] = [];
    const finished = async (send: () => Promise<unknown>) => {
      const answered = strange.waitForResponse((response) => response.url().startsWith(run.server.url));
      await send();
      statuses.push((await answered).status());
    };
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      await finished(() => strange.evaluate(sendSimply, { url: run.server.url, type, body: mutation }));
    }
    const get = `${run.server.url}?query=${encodeURIComponent(noting('by a stranger'))}`;
    await finished(() => strange.evaluate(sendSimply, { url: get, type: null, body: null }));
    await finished(() => strange.goto(get));
    expect(statuses).toEqual([415, 415, 415, 405, 405]);
    expect(await cookies()).toBe(before + statuses.length);
    expect(await orderNote()).toBe('by a page');
    // The cookie is good for it, where a client may send it.
    const own = await run.server.graphql(noting('by a session'), {}, { cookie: `session=${SESSION}` });
    expect(own.data).toEqual({ updateOrder: { note: 'by a session' } });
  });
});

/** Runs in the page. Nothing of the answer can be read. */
async function sendSimply({
  url,
  type,
  body,
}: {
  url: string;
  type: string | null;
  body: string | null;
}): Promise<void> {
  const method = body === null ? 'GET' : 'POST';
  const headers: Record<string, string> = type === null ? {} : { 'content-type': type };
  await fetch(url, { method, headers, body, mode: 'no-cors', credentials: 'include' });
}

describe('tokens', () => {
  const ADMIN = { role: 'admin', shardKey: 't1' };
  const codeWith = async (token: string) => {
    const { status, errors } = await run.server.graphql('{ orders { totalCount } }', {}, bearer(token));
    return errors.length === 0 ? 'OK' : `${status} ${errors[0]!.extensions?.code}`;
  };
  const letPass = (seconds: number) => fetch(`${run.server.origin}/test/pass?ms=${seconds * 1_000}`);

  it('of others, and with what no issuer may give, are refused', async () => {
    const { issuer } = run;
    const impostor = await Issuer.start();
    impostor.stop();
    const tokens = {
      'for others': issuer.token({ ...ADMIN, aud: 'another' }),
      'that have ended': issuer.token(ADMIN, { seconds: -60 }),
      'of another key': issuer.token(ADMIN, { key: { ...impostor.key, kid: issuer.key.kid } }),
      'of another issuer': impostor.token(ADMIN),
      'that make operators': issuer.token({ role: 'operator' }),
      'without a role': issuer.token({ shardKey: 't1' }),
      'without a signature': 'eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYWRtaW4iLCJzaGFyZEtleSI6InQxIn0.',
    };
    for (const [name, token] of Object.entries(tokens)) {
      expect(await codeWith(await token), name).toBe('401 UNAUTHENTICATED');
    }
    expect(await codeWith(await issuer.token({ role: 'visitor' }))).toBe('403 FORBIDDEN');
    expect(await codeWith(await issuer.token({ ...ADMIN, shardKey: 't2' }))).toBe('OK');
  });

  it('of a new key are known within 30 s; those of the old one end, and there are no others of it', async () => {
    const { issuer } = run;
    const old = issuer.key;
    const known = await issuer.token(ADMIN, { seconds: 100 });
    expect(await codeWith(known)).toBe('OK');
    await issuer.rotate();
    const rotated = await issuer.token(ADMIN);
    await letPass(31);
    const fetches = issuer.fetches;
    expect(await codeWith(rotated)).toBe('OK');
    expect(await codeWith(known)).toBe('OK');
    const forged = await Promise.all(
      [1, 2, 3].map((seconds) => issuer.token(ADMIN, { key: old, seconds: 200 + seconds })),
    );
    expect(await Promise.all(forged.map(codeWith))).toEqual(forged.map(() => '401 UNAUTHENTICATED'));
    // Who makes up keys cannot make the Worker ask for them each time.
    expect(issuer.fetches).toBe(fetches + 1);
    // The end, and the leeway for clocks.
    await letPass(101);
    expect(await codeWith(known)).toBe('401 UNAUTHENTICATED');
    expect(await codeWith(rotated)).toBe('OK');
  });
});
