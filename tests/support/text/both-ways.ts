/** One request, answered by its plan's text and by the executor alone, from the same shards. */
import { NO_PRINCIPAL } from '../../../src/http/authentication/identity.ts';
import { rightsOf } from '../../../src/http/authentication/rights.ts';
import { createGraphqlEndpoint } from '../../../src/http/graphql/graphql-endpoint.ts';
import { toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import type { RequestScope } from '../../../src/http/request-scope.ts';
import { TokenSealer } from '../../../src/http/token-sealer.ts';
import type { RequestContext } from '../../../src/resolvers/context.ts';
import { isPlain } from '../../../src/resolvers/text/is-plain.ts';
import { buildRoleSchema, buildSchema } from '../../../src/schema/build-schema.ts';
import { ApiKeys } from '../../../src/shards/client/api-keys.ts';
import { Bookmarks } from '../../../src/shards/client/bookmarks.ts';
import { createRouterState, createShardClient } from '../../../src/shards/client/create-shard-client.ts';
import { Fleet } from '../../../src/shards/client/fleet.ts';
import { KeyPlacements } from '../../../src/shards/client/key-placements.ts';
import type { FreshRead } from '../../../src/shards/plan/read.ts';
import { type Caller, DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import { openLabReader } from '../cache/lab-reader.ts';
import type { LabWorker } from '../lab-worker.ts';
import { noAudit } from '../no-audit.ts';

interface Body {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface BothAnswers {
  readonly written: string;
  readonly executed: string;
  /** By its plan, an answer without errors is text. */
  readonly isPlain: boolean;
  /** The executor had no part in `written`. */
  readonly isText: boolean;
  /** How many root fields have rows that a shard wrote. */
  readonly shardTexts: number;
  /** What shards were asked for it. */
  readonly reads: readonly FreshRead[];
}

/** Depth and cost are not what is compared. */
const LIMITS = toRequestLimits({ definitions: 100_000, tokens: 1_000_000 });

/** @param caller default: the developer, who sees everything. */
export function bothWays({ model, env }: LabWorker, caller: Caller = DEVELOPER) {
  const rights = rightsOf(model, caller, true);
  const whole = buildSchema(model);
  const schema =
    rights.model === model
      ? whole
      : buildRoleSchema(rights.model, caller.role, { extensions: undefined, federation: null, whole });
  const state = createRouterState();
  const hasRules = caller !== DEVELOPER;
  const written = createGraphqlEndpoint(schema, { limits: LIMITS });
  const executed = createGraphqlEndpoint(schema, { limits: LIMITS, isExecutorAlone: true });

  const answerOf = async (endpoint: typeof written, body: Body) => {
    const shards = createShardClient({ model, env, state, caller, waitUntil: () => {} });
    const reads: FreshRead[] = [];
    const readFresh = (read: FreshRead) => {
      reads.push(read);
      return shards.readFresh(read);
    };
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const request = new Request('http://127.0.0.1/graphql', { method: 'POST', headers, body: JSON.stringify(body) });
    const scope: RequestScope & Pick<RequestContext, 'boundOperation' | 'begun'> = {
      requestId: 'the-request',
      ...rights,
      caller,
      principal: NO_PRINCIPAL,
      isDevelopment: false,
      isTraced: !hasRules,
      shards,
      apiKeys: new ApiKeys(env),
      fleet: new Fleet(shards, undefined),
      bookmarks: new Bookmarks(env),
      keyPlacements: new KeyPlacements({ env, state, shards }),
      audit: noAudit(env),
      operatorAudit: null,
      reader: openLabReader(model, { ...shards, readFresh }),
      sealer: hasRules ? new TokenSealer('a secret') : null,
    };
    const response = await endpoint(request, scope);
    const { boundOperation, begun = new Map() } = scope;
    return {
      text: timeless(`${response.status} ${await response.text()}`),
      isPlain: boundOperation !== undefined && boundOperation.kind === 'query' && isPlain(boundOperation.plan),
      isText: boundOperation !== undefined && !boundOperation.wasHandedOver,
      reads,
      shardTexts: [...begun.values()].filter(({ run }) => run.rowsText !== null).length,
    };
  };
  return {
    schema,
    async answer(body: Body): Promise<BothAnswers> {
      const { text, ...ways } = await answerOf(written, body);
      return { written: text, ...ways, executed: (await answerOf(executed, body)).text };
    },
  };
}

/** Without ages, what is sealed anew each time, and what the work has cost, which is less where shards write rows. */
const timeless = (text: string): string =>
  text
    .replaceAll(/"ageMs":\d+/g, '"ageMs":0')
    .replaceAll(/"token":"[\w.-]+"/g, '"token":"0"')
    .replaceAll(/"(statements|rowsRead)":\d+/g, '"$1":0');
