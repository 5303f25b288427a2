/**
 * Question: how long does the bookkeeping of a request take by itself? What an operation costs is worked out for each caller that has a
 * budget; denials are counted; what operators do is audited, once an hour where it comes in many requests; and who is refused by a
 * rate limit is remembered.
 *
 * Non-goals: Node compiles as workerd does, but these run in a loop, with nothing else in the processor's caches: within a request they
 * take up to twice as long. What asks a Durable Object is not here: `W1-exact-limits` of `main.ts` is.
 *
 *     node bench/parts/request-parts.ts
 */
import { Kind, type OperationDefinitionNode, parse } from 'graphql';
import { Denials } from '../../src/http/core/denials.ts';
import { RateLimits } from '../../src/http/rate-limits/rate-limits.ts';
import { BoundedMap } from '../../src/lib/bounded-map.ts';
import { OperationCosts } from '../../src/plans/cost/operation-costs.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../../src/schema/model.ts';
import { AuditTrail } from '../../src/shards/client/audit-trail.ts';
import { median } from '../measure/median.ts';
import { CREATE_REVIEWS, CUSTOMER_BY_ID, NEWEST_ORDERS_OF_TENANT } from '../workloads/queries.ts';

const ROUNDS = 9;
const ROUND_MS = 100;
/** Between two looks at the clock. */
const CALLS = 50;

const schema = buildSchema(model);

function costOf(query: string, variables: Readonly<Record<string, unknown>>): () => void {
  const document = parse(query);
  const operation = document.definitions.find(
    (each): each is OperationDefinitionNode => each.kind === Kind.OPERATION_DEFINITION,
  )!;
  const costs = new OperationCosts({ model, schema, shards: 4 });
  return () => void costs.of(document, operation, variables);
}

function denial(): () => void {
  const denials = new Denials(() => {}, true);
  const actor = { role: 'admin', by: 'jwt', issuer: 'https://issuer.example', name: 'a', address: '192.0.2.1' };
  const denied = { actor, address: actor.address, path: '/graphql', requestId: 'r' };
  return () => denials.record('FORBIDDEN', denied);
}

/** The catalog is asked the first time alone. */
async function auditedAction(): Promise<() => Promise<void>> {
  const catalog = { recordAudit: async () => {} };
  const CATALOG = { getByName: () => catalog, get: () => catalog, idFromName: () => 'id' };
  const actor = { role: 'developer', by: 'none', issuer: null, name: null, address: 'local' } as const;
  const trail = new AuditTrail({
    env: { CATALOG, SHARD: CATALOG } as never,
    actorOf: () => actor,
    requestId: 'r',
    recorded: new BoundedMap(1_000),
  });
  await trail.record('export', 'Customer');
  return () => trail.record('export', 'Customer');
}

async function refusal(): Promise<() => Promise<void>> {
  const RATE_LIMITER = {
    getByName: () => ({ take: async () => ({ isAllowed: false, remaining: 0, resetMs: 3_600_000 }) }),
  };
  const env = { RATE_LIMITER } as never;
  const limits = new RateLimits({ address: { requests: 1, perSeconds: 86_400, exact: true } }, env);
  const request = new Request('http://127.0.0.1/graphql') as never;
  const identity = {
    caller: { role: 'admin', claims: {} },
    principal: { by: 'none', issuer: null, name: null },
  } as const;
  return async () => {
    await limits.take({ request, env }, identity).catch(() => {});
  };
}

const review = { tenantId: 't', productId: 'p', customerId: 'c', rating: 5, title: 'x', body: 'y' };

await report('the cost of W1', costOf(CUSTOMER_BY_ID, { tenant: 't', id: 'c' }));
await report('the cost of W3', costOf(NEWEST_ORDERS_OF_TENANT, { tenant: 't' }));
await report('the cost of W7', costOf(CREATE_REVIEWS, { data: Array.from({ length: 100 }, () => review) }));
await report('a denial that is counted and not logged', denial());
await report('an audited action that was recorded within the hour', await auditedAction());
await report('a caller who is refused from memory', await refusal());

async function report(name: string, part: () => void | Promise<void>): Promise<void> {
  await microsOf(part);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await microsOf(part));
  console.log(`${name}: ${median(rounds).toPrecision(3)} µs`);
}

async function microsOf(part: () => void | Promise<void>): Promise<number> {
  const startedAt = performance.now();
  let calls = 0;
  let elapsedMs = 0;
  for (; elapsedMs < ROUND_MS; elapsedMs = performance.now() - startedAt) {
    for (let call = 0; call < CALLS; call++) {
      const running = part();
      if (running) await running;
    }
    calls += CALLS;
  }
  return (elapsedMs * 1_000) / calls;
}
