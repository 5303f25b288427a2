/**
 * What a request cannot cost less than, one path per floor. They share a workerd build, the server, the tables and the rows with the
 * API, and differ from it only in what they leave out.
 */

import { answerByPlan } from './hand-written-plans.ts';
import { importRows } from './import-rows.ts';
import { type Env, shardOf } from './placement.ts';
import { answerByYoga } from './yoga.ts';

export { FloorShard } from './shard.ts';

interface PointRead {
  readonly tenantId: string;
  readonly id: string;
}

const json = (text: string): Response => new Response(text, { headers: { 'content-type': 'application/json' } });

type Floor = (request: Request, env: Env) => Response | Promise<Response>;

const FLOORS: Readonly<Record<string, Floor>> = {
  '/plain': () => new Response('ok'),
  '/post-json': async (request) => json(JSON.stringify({ got: Object.keys((await request.json()) as object) })),
  '/rpc': async (_request, env) => json(String(await shardOf(env, 'any').nothing())),
  '/point-read': async (request, env) => {
    const { tenantId, id } = (await request.json()) as PointRead;
    return json(JSON.stringify(await shardOf(env, tenantId).customerRow(tenantId, id)));
  },
  '/plan': async (request, env) => json(await answerByPlan(request, env)),
  '/yoga': answerByYoga,
  '/import': importRows,
};

export default {
  fetch(request, env) {
    const path = request.url.slice(request.url.indexOf('/', 'http://'.length)).split('?')[0]!;
    return FLOORS[path]?.(request, env) ?? new Response('Not found\n', { status: 404 });
  },
} satisfies ExportedHandler<Env>;
