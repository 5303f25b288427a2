/** The API of an account at Cloudflare, as far as wrangler asks it: on loopback, and with nothing behind it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen } from '../production/listen.ts';

const ACCOUNT = 'account-1';
const TOKEN = 'a-token';

export interface FakeQueue {
  readonly consumers: string[];
}

/** What the platform answers a request that it refuses. */
interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

export interface FakeWorker {
  readonly secrets: Map<string, string>;
}

export class FakeAccount {
  readonly queues = new Map<string, FakeQueue>();
  readonly namespaces: { readonly id: string; readonly title: string }[] = [];
  readonly buckets: string[] = [];
  readonly workers = new Map<string, FakeWorker>();
  /** What was changed, in order. */
  readonly changes: string[] = [];
  /** Requests to paths that match are refused so. */
  refuses: { readonly path: RegExp; readonly refusal: Refusal } | null = null;
  readonly #server: Server;
  #origin = '';

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<FakeAccount> {
    const account = new FakeAccount();
    account.#origin = await listen(account.#server);
    return account;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** By which wrangler finds it, and nothing else. */
  get variables(): Readonly<Record<string, string>> {
    return {
      CLOUDFLARE_API_BASE_URL: this.#origin,
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
      WRANGLER_SEND_METRICS: 'false',
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url!, this.#origin);
    const { pathname } = url;
    const refusal = this.refuses?.path.test(pathname) ? this.refuses.refusal : null;
    const outcome = refusal ?? this.#answer(`${request.method} ${pathname}`, url, Buffer.concat(chunks).toString());
    const [status, body] = isRefusal(outcome)
      ? [outcome.status, { success: false, errors: [{ code: outcome.code, message: outcome.message }], result: null }]
      : [
          200,
          {
            success: true,
            errors: [],
            messages: [],
            result: outcome,
            result_info: { page: 1, total_pages: 1, count: 1, total_count: 1, per_page: 1000 },
          },
        ];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }

  #answer(call: string, url: URL, body: string): unknown {
    const path = call.replace(`/accounts/${ACCOUNT}`, '');
    switch (path) {
      case 'GET /user':
        return { id: 'u', email: 'somebody@example.com' };
      case 'GET /user/tokens/verify':
        return { id: 't', status: 'active' };
      case 'GET /accounts':
        return [{ id: ACCOUNT, name: 'An account' }];
      case 'GET /memberships':
        return [{ id: 'm', account: { id: ACCOUNT, name: 'An account' } }];
      case 'GET /queues':
        return this.#queuesNamed(url.searchParams.getAll('name'));
      case 'POST /queues': {
        const { queue_name: name } = JSON.parse(body);
        if (this.queues.has(name)) return { status: 409, code: 11009, message: 'Queue name is already taken' };
        this.queues.set(name, { consumers: [] });
        this.changes.push(`queue ${name}`);
        return { queue_name: name, queue_id: name };
      }
      case 'GET /storage/kv/namespaces':
        // wrangler asks for pages until one is empty.
        return Number(url.searchParams.get('page') ?? 1) > 1 ? [] : this.namespaces;
      case 'POST /storage/kv/namespaces': {
        const { title } = JSON.parse(body);
        const namespace = { id: `id-of-${title}`, title };
        this.namespaces.push(namespace);
        this.changes.push(`namespace ${title}`);
        return namespace;
      }
      case 'GET /r2/buckets':
        return { buckets: this.buckets.map((name) => ({ name, creation_date: '2026-01-01T00:00:00Z' })) };
      case 'POST /r2/buckets': {
        const { name, locationHint } = JSON.parse(body);
        this.buckets.push(name);
        this.changes.push(`bucket ${name}${locationHint === undefined ? '' : ` in ${locationHint}`}`);
        return { name };
      }
    }
    const [, method, script, rest = ''] = /^(\w+) \/workers\/scripts\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (script !== undefined) return this.#answerOfWorker(script, `${method} ${rest}`, body);
    return { status: 404, code: 7003, message: `Could not route to ${path}` };
  }

  #answerOfWorker(script: string, call: string, body: string): unknown {
    const worker = this.workers.get(script);
    if (call === 'PUT ') {
      this.workers.set(script, { secrets: new Map() });
      this.changes.push(`worker ${script}`);
      return { id: script };
    }
    if (worker === undefined) {
      return { status: 404, code: 10007, message: 'This Worker does not exist on your account.' };
    }
    if (call === 'GET /secrets') return [...worker.secrets.keys()].map((name) => ({ name, type: 'secret_text' }));
    if (call === 'PUT /secrets') {
      const { name, text } = JSON.parse(body);
      worker.secrets.set(name, text);
      this.changes.push(`secret ${name} of ${script}`);
      return { name, type: 'secret_text' };
    }
    return { status: 404, code: 7003, message: `Could not route to ${call} of ${script}` };
  }

  #queuesNamed(names: readonly string[]): unknown[] {
    return [...this.queues]
      .filter(([name]) => names.length === 0 || names.includes(name))
      .map(([name, { consumers }]) => ({
        queue_name: name,
        queue_id: name,
        created_on: '2026-01-01',
        modified_on: '2026-01-01',
        producers: [],
        producers_total_count: 0,
        consumers: consumers.map((script) => ({ type: 'worker', script })),
        consumers_total_count: consumers.length,
      }));
  }
}

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'status' in value && 'code' in value;
