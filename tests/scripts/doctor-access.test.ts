/** What the doctor says of access rules, and of the options of the Worker, which it loads without running it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../scripts/cli/doctor/examine.ts';
import { misspeltClaims, misspeltRoles, rulesNeverTrue } from '../../scripts/cli/doctor/rule-problems.ts';
import { claim } from '../../src/model/access/claim.ts';
import { defineModel } from '../../src/model/define-model.ts';
import shopModel, { customers, orderItems, orders, products, tenants } from '../../src/schema/model.ts';
import shopRules from '../models/shop-rules.ts';
import { Workplace } from './run-cli.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** The shop with rules for orders. */
const withOrders = (access: Readonly<Record<string, object>>) =>
  defineModel(
    {
      Tenant: { table: tenants, shardKey: 'id' },
      Customer: { table: customers, shardKey: 'tenantId' },
      Product: { table: products, shardKey: 'tenantId' },
      Order: { table: orders, shardKey: 'tenantId', access: access as never },
      OrderItem: { table: orderItems, shardKey: 'tenantId' },
    },
    ({ one, many }) => ({
      Order: { customer: one.Customer(), items: many.OrderItem() },
      OrderItem: { order: one.Order() },
    }),
  );

const STATUS = (status: string) => ({ status: { eq: status } });

describe('rules that are never true', () => {
  it('are none of those of the demo and of other models', () => {
    for (const model of [shopModel, shopRules]) expect(rulesNeverTrue(model)).toEqual([]);
  });

  it.each<[string, string, object]>([
    ['read', 'status', { read: { ...STATUS('PENDING'), AND: [STATUS('PAID')] } }],
    ['read', 'status', { read: { status: { in: ['PAID'] }, AND: [{ AND: [STATUS('PENDING')] }] } }],
    ['read', 'status', { read: { status: { in: [] } } }],
    ['read', 'totalCents', { read: { totalCents: { gt: 5, lt: 6 } } }],
    ['read', 'totalCents', { read: { totalCents: { eq: 3 }, AND: [{ totalCents: { gte: 4 } }] } }],
    ['read', 'customerId', { read: { customerId: { isNull: true } } }],
    ['read', 'note', { read: { note: { isNull: true, eq: 'x' } } }],
    ['read', 'status', { read: { ...STATUS('PAID'), OR: [STATUS('PENDING'), STATUS('SHIPPED')] } }],
    ['read', 'customer.name', { read: { customer: { name: { eq: 'a' }, AND: [{ name: { eq: 'b' } }] } } }],
    ['read', 'items.quantity', { read: { items: { some: { quantity: { gt: 9, lt: 3 } } } } }],
    ['delete', 'status', { read: STATUS('PAID'), delete: STATUS('PENDING') }],
    ['update.where', 'status', { read: STATUS('PAID'), update: { where: STATUS('PENDING') } }],
    [
      'update.transitions.1.from',
      'status',
      {
        read: true,
        update: {
          where: { status: { in: ['PENDING', 'PAID'] } },
          transitions: [
            { from: STATUS('PENDING'), to: STATUS('PAID') },
            { from: STATUS('SHIPPED'), to: STATUS('DELIVERED') },
          ],
        },
      },
    ],
    [
      'update.transitions.0.to',
      'status',
      { read: STATUS('PENDING'), update: { transitions: [{ from: STATUS('PENDING'), to: STATUS('PAID') }] } },
    ],
    ['create.check', 'status', { read: true, create: { set: { status: 'PAID' }, check: STATUS('PENDING') } }],
  ])('are told: %s, by conditions on %s: %j', (path, named, rules) => {
    expect(rulesNeverTrue(withOrders({ clerk: rules }))).toContain(
      `Expected Order.access.clerk.${path} to be true of some row, but its conditions on ${named} exclude each other. Mend or remove it.`,
    );
  });

  it.each<[object]>([
    [{ read: { status: { eq: claim('status') }, AND: [STATUS('PAID')] } }],
    [{ read: { status: { ne: 'PAID' }, note: { isNull: true } } }],
    [{ read: { totalCents: { gte: 5, lte: 5 } } }],
    [{ read: { OR: [STATUS('PAID'), { AND: [STATUS('PAID'), STATUS('PENDING')] }] } }],
    [{ read: { NOT: { ...STATUS('PAID'), AND: [STATUS('PENDING')] } } }],
    [{ read: { items: { none: { quantity: { gt: 9, lt: 3 } } } } }],
    [{ read: true, create: { set: { status: 'PENDING' }, check: STATUS('PENDING') }, delete: STATUS('PAID') }],
    // Moments may be written in several ways.
    [{ read: { createdAt: { eq: '2026-01-01T00:00:00Z' }, AND: [{ createdAt: { eq: '2026-01-01T00:00:00.000Z' } }] } }],
  ])('are not seen where a row may fit: %j', (rules) => {
    expect(rulesNeverTrue(withOrders({ clerk: rules }))).toEqual([]);
  });
});

describe('claims that are misspelt', () => {
  const reading = (...names: readonly string[]) =>
    withOrders(
      Object.fromEntries(names.map((name, at) => [`role${at}`, { read: { customerId: { eq: claim(name) } } }])),
    );

  it.each([
    [['shardKey', 'shardkey'], 'shardkey', 'shardKey'],
    [['customer_id', 'customerId', 'customerId'], 'customer_id', 'customerId'],
    [['customerId', 'custmerId'], 'custmerId', 'customerId'],
    [['customerId', 'cutsomerId'], 'cutsomerId', 'customerId'],
  ])('are those that others have in another spelling: %j', (names, wrong, right) => {
    expect(misspeltClaims(reading(...names))).toEqual([expect.stringContaining(`claim "${wrong}" in rules of role`)]);
    expect(misspeltClaims(reading(...names))[0]).toContain(`have "${right}"`);
  });

  it.each([[['a', 'b']], [['shardKey', 'customerId']], [['orgId', 'userId']], [['userId', 'userId']]])(
    'are not seen in other names: %j',
    (names) => {
      expect(misspeltClaims(reading(...names))).toEqual([]);
    },
  );

  it('are none in the demo and in other models', () => {
    for (const model of [shopModel, shopRules]) expect(misspeltClaims(model)).toEqual([]);
  });
});

describe('roles that are misspelt', () => {
  const rules = { read: true };
  const withRoles = (ofOrders: object, ofItems: object) =>
    defineModel({
      Order: { table: orders, shardKey: 'tenantId', access: ofOrders as never },
      OrderItem: { table: orderItems, shardKey: 'tenantId', access: ofItems as never },
      Product: { table: products, shardKey: 'tenantId', access: { support: rules } },
      Customer: { table: customers, shardKey: 'tenantId' },
      Tenant: { table: tenants, shardKey: 'id' },
    });

  it('are those that other tables have in another spelling', () => {
    expect(misspeltRoles(withRoles({ suport: rules }, { support: rules }))).toEqual([
      'Look at the role "suport" in rules of Order: rules of OrderItem, Product have "support". Callers of one see nothing by rules of the other.',
    ]);
  });

  it('are not seen in other names, nor in the demo and in other models', () => {
    expect(misspeltRoles(withRoles({ admin: rules }, { clerk: rules, support: rules }))).toEqual([]);
    for (const model of [shopModel, shopRules]) expect(misspeltRoles(model)).toEqual([]);
  });
});

describe('options of the Worker', () => {
  let place: Workplace;
  beforeAll(() => {
    place = new Workplace();
  });
  afterAll(() => place.remove());

  const TOML = readFileSync(join(import.meta.dirname, 'one-worker.toml'), 'utf8');

  /** What the doctor says of a Worker that is made with these options, but for what it says of the least one. */
  async function findings(name: string, options: string, toml = ''): Promise<string[]> {
    place.write(
      `${name}.ts`,
      `import { createWorker } from '${PROJECT}/src/index.ts';
import { bundle } from '${PROJECT}/src/schema/migrations/index.ts';
import model from '${PROJECT}/src/schema/model.ts';
const app = createWorker({ model, migrations: bundle, ${options} });
export default { ...app.handlers };
export const { Shard, Catalog, Monitor, RateLimiter } = app;`,
    );
    const config = place.write(
      `${name}.toml`,
      TOML.replace('src/worker.ts', `${name}.ts`).replace('[vars]', `${toml}\n[vars]`),
    );
    const model = join(PROJECT, 'src/schema/model.ts');
    const { stdout } = await place.run(['doctor', '--config', config, '--model', model, '--json']);
    const { findings: found } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    const lines = found.flatMap(({ problems, advice }) => [...problems, ...advice]);
    return lines.filter((line) => !line.startsWith('Consider rate limits'));
  }

  const limit = (name: string, requests: number) =>
    `[[ratelimits]]\nname = "${name}"\nnamespace_id = "1"\nsimple = { limit = ${requests}, period = 60 }\n`;
  const perMinute = (requests: number) => `{ requests: ${requests}, perSeconds: 60 }`;
  const JWT = "algorithms: ['HS256'], issuer: 'i', audience: 'a'";

  it('that are open, or wrong, are told', async () => {
    const [open, wrong] = await Promise.all([
      findings(
        'open',
        `introspection: true, cors: { origins: ['*'], credentials: true }, authenticate: { jwt: { keys: { secret: 's'.repeat(32) }, ${JWT} } }`,
      ),
      findings(
        'wrong',
        `rateLimits: {
          address: ${perMinute(600)}, caller: ${perMinute(300)}, failedAuthentication: ${perMinute(20)},
          claim: { name: 'a', exact: true, requests: 1, perSeconds: 1 },
        }, limits: { cost: { default: 1, custmer: 2, admin: 3 } }`,
        limit('RATE_LIMIT_CALLER', 30) + limit('RATE_LIMIT_AUTHENTICATION', 20),
      ),
    ]);
    expect(open).toEqual([
      expect.stringContaining(
        'the secret of authenticate.jwt.keys to come from the environment, but it is in the source',
      ),
      expect.stringContaining('Consider introspection: false'),
      expect.stringContaining('Consider naming origins in cors'),
      expect.stringContaining('Consider leaving cors.credentials out'),
    ]);
    expect(wrong).toEqual([
      'Expected a binding RATE_LIMIT_ADDRESS for rateLimits.address, but found none. Add it to [[ratelimits]] (docs/rate-limits.md).',
      'Expected RATE_LIMIT_CALLER to allow 300 requests in 60 s, as rateLimits.caller says, but got 30 in 60 s: the platform counts by the binding. Make them equal.',
      'Expected a Durable Object binding RATE_LIMITER for rateLimits.claim, which is exact, but found none. Add it (docs/rate-limits.md).',
      'Expected a key of limits.cost to be one of admin, anonymous, customer, default, but got "custmer". Did you mean "customer"?',
      expect.stringContaining('Consider authenticate: without it, only API keys have the roles customer, admin'),
    ]);
  });

  it('that are sound are not, and those that cannot be known here are said to be so', async () => {
    const [sound, unknown] = await Promise.all([
      findings(
        'sound',
        `authenticate: (env) => ({ request: () => null, jwt: { keys: { secret: env.SECRET }, ${JWT} } }),
        cors: { origins: ['https://a.example'], credentials: true },
        rateLimits: { caller: ${perMinute(300)} }, limits: { cost: { customer: 2 } }`,
        limit('RATE_LIMIT_CALLER', 300),
      ),
      findings('unknown', '...(() => { throw new Error("only on the platform"); })()'),
    ]);
    expect(sound).toEqual([]);
    expect(unknown).toEqual([
      expect.stringMatching(/^The options of the Worker are not looked at: Cannot load .*: only on the platform/),
    ]);
  });
});
