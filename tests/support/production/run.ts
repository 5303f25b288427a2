import { createServer, type Server as HttpServer } from 'node:http';
import { type Server, startServer } from '../server.ts';
import { Issuer } from './issuer.ts';
import { listen } from './listen.ts';
import type { CallerName } from './questions.ts';
import { TWO_TENANTS } from './two-tenants.ts';

export const OPERATOR_TOKEN = 'an-operator-token-of-32-letters-or-more';

/** Value of the cookie `session` of the admin of t1. */
export const SESSION = 'a-session-of-the-admin';

/** The product as it is deployed, the issuer of its users' tokens, and two origins with pages, of which it knows one. */
export interface ProductionRun {
  readonly server: Server;
  readonly issuer: Issuer;
  /** Origin of an issuer whose keys nobody serves. */
  readonly silentIssuer: string;
  readonly pageOrigin: string;
  readonly strangeOrigin: string;
  /** Undefined: the caller has none. */
  readonly tokens: Readonly<Record<CallerName, string | undefined>>;
  stop(): Promise<void>;
}

export async function startProduction(): Promise<ProductionRun> {
  const issuer = await Issuer.start();
  const pages = [pageServer(), pageServer()] as const;
  const [pageOrigin, strangeOrigin] = await Promise.all(pages.map(listen));
  const silentIssuer = await closedOrigin();
  const server = await startServer({
    shards: 2,
    config: 'tests/e2e/production-worker/wrangler.toml',
    operatorToken: OPERATOR_TOKEN,
    env: { ISSUER: issuer.origin, SILENT_ISSUER: silentIssuer, PAGE_ORIGIN: pageOrigin!, SESSION },
  });
  const stop = async () => {
    await server.stop();
    for (const page of pages) {
      page.closeAllConnections();
      page.close();
    }
    issuer.stop();
  };
  try {
    await importRows(server.origin);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    server,
    issuer,
    silentIssuer,
    pageOrigin: pageOrigin!,
    strangeOrigin: strangeOrigin!,
    tokens: {
      anonymous: undefined,
      customer: await issuer.token({ role: 'customer', shardKey: 't1', customerId: 'ada' }),
      admin: await issuer.token({ role: 'admin', shardKey: 't1' }),
      operator: OPERATOR_TOKEN,
    },
    stop,
  };
}

/** Any path is an empty page. */
const pageServer = (): HttpServer =>
  createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>A page</title>');
  });

/** Nobody listens there any more. */
async function closedOrigin(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  server.close();
  return origin;
}

async function importRows(origin: string): Promise<void> {
  for (const [table, rows] of Object.entries(TWO_TENANTS)) {
    const response = await fetch(`${origin}/import?table=${table}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
    });
    const { inserted } = (await response.json()) as { readonly inserted?: number };
    if (inserted !== rows.length) throw new Error(`Expected ${rows.length} rows of ${table}, but got ${inserted}.`);
  }
}

export const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
