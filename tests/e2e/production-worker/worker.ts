/**
 * The demo with users of an issuer, and pages of one other origin. `/test/pass?ms=…` lets time pass: issuers' keys are fetched again after
 * 30 s, and tokens end after minutes. `/test/cookies` tells how many requests had a cookie.
 */
import { env as bindings } from 'cloudflare:workers';
import { createWorker, type Env } from '../../../src/index.ts';
import extensions from '../../../src/schema/extensions.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';

/** Set by the test, whose servers have ports of their own. */
interface TestEnv extends Env {
  readonly ISSUER: string;
  /** Whose keys nobody serves. */
  readonly SILENT_ISSUER: string;
  readonly PAGE_ORIGIN: string;
  /** Cookie of the admin of t1. */
  readonly SESSION: string;
}

const issuedBy = (issuer: string) => ({
  keys: { jwksUrl: `${issuer}/jwks.json` },
  algorithms: ['RS256'],
  issuer,
  audience: 'shop',
});

const app = createWorker<TestEnv>({
  model,
  migrations: bundle,
  extensions,
  authenticate: ({ ISSUER, SILENT_ISSUER, SESSION }) => ({
    jwt: [issuedBy(ISSUER), issuedBy(SILENT_ISSUER)],
    // Browsers send cookies by themselves, with whatever a page lets them send.
    request: ({ headers }) =>
      headers.get('cookie')?.includes(`session=${SESSION}`) ? { role: 'admin', shardKey: 't1' } : null,
  }),
  cors: { origins: [(bindings as TestEnv).PAGE_ORIGIN] },
});

/** Requests with a cookie so far. */
let cookies = 0;
let passedMs = 0;
const MachineDate = Date;

globalThis.Date = class extends MachineDate {
  constructor(...given: [] | [number]) {
    super(...((given.length === 0 ? [MachineDate.now() + passedMs] : given) as [number]));
  }
  static override now = () => MachineDate.now() + passedMs;
} as DateConstructor;

export const { Shard, Catalog } = app;

export default {
  ...app.handlers,
  fetch(request: Request, env: TestEnv, execution: ExecutionContext): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case '/test/pass':
        passedMs += Number(searchParams.get('ms'));
        return new Response();
      case '/test/cookies':
        return Response.json(cookies);
      default:
        if (request.headers.has('cookie')) cookies++;
        return app.handlers.fetch(request, env, execution);
    }
  },
};
