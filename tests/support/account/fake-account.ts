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

/** Which versions answer requests, oldest deployment first; each with its share in percent, by its id. */
export type FakeDeployment = ReadonlyMap<string, number>;

export interface FakeWorker {
  readonly secrets: Map<string, string>;
  /** Ids, oldest first. */
  readonly versions: string[];
  readonly deployments: FakeDeployment[];
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
    const [, service] = /^GET \/workers\/services\/([^/]+)$/.exec(path) ?? [];
    if (service !== undefined && this.workers.has(service)) {
      return { default_environment: { environment: 'production', script: { last_deployed_from: 'wrangler' } } };
    }
    if (service !== undefined) return NO_SUCH_WORKER;
    if (/^GET \/workers\/workers\/[^/]+$/.test(path)) {
      return { observability: {}, subdomain: { enabled: false, previews_enabled: false } };
    }
    const [, method, script, rest = ''] = /^(\w+) \/workers\/scripts\/([^/]+)(\/.*)?$/.exec(path) ?? [];
    if (script !== undefined) return this.#answerOfWorker(script, `${method} ${rest}`, body);
    return { status: 404, code: 7003, message: `Could not route to ${path}` };
  }

  #answerOfWorker(script: string, call: string, body: string): unknown {
    const worker = this.workers.get(script);
    if (call === 'PUT ') {
      const made: FakeWorker = worker ?? { secrets: new Map(), versions: [], deployments: [] };
      this.workers.set(script, made);
      made.deployments.push(new Map([[newVersion(made), 100]]));
      this.changes.push(`worker ${script}`);
      return { id: script };
    }
    if (worker === undefined) return NO_SUCH_WORKER;
    if (call === 'GET /secrets') return [...worker.secrets.keys()].map((name) => ({ name, type: 'secret_text' }));
    if (call === 'PUT /secrets') {
      const { name, text } = JSON.parse(body);
      worker.secrets.set(name, text);
      this.changes.push(`secret ${name} of ${script}`);
      return { name, type: 'secret_text' };
    }
    return (
      this.#answerOfReleases(script, worker, call, body) ?? {
        ...{ status: 404, code: 7003, message: `Could not route to ${call} of ${script}` },
      }
    );
  }

  /** Versions and deployments of a Worker. Undefined: the call is about something else. */
  #answerOfReleases(script: string, worker: FakeWorker, call: string, body: string): unknown {
    const { versions, deployments } = worker;
    const [, id] = /^GET \/versions\/([^/]+)$/.exec(call) ?? [];
    if (id !== undefined) return showVersion(worker, id);
    switch (call) {
      case 'GET /versions':
        return { items: versions.toReversed().map((version) => showVersion(worker, version)) };
      case 'POST /versions': {
        const version = newVersion(worker);
        this.changes.push(`version ${version} of ${script}`);
        return { ...showVersion(worker, version), startup_time_ms: 1 };
      }
      case 'GET /deployments':
        return { deployments: deployments.map(showDeployment).toReversed() };
      case 'POST /deployments': {
        const asked = JSON.parse(body).versions as { readonly version_id: string; readonly percentage: number }[];
        const deployment = new Map(asked.map(({ version_id: version, percentage }) => [version, percentage]));
        deployments.push(deployment);
        this.changes.push(
          `deployment of ${script}: ${[...deployment].map(([of, share]) => `${of} ${share} %`).join(', ')}`,
        );
        return showDeployment(deployment, deployments.length - 1);
      }
      case 'GET /subdomain':
      case 'POST /subdomain':
        return { enabled: false, previews_enabled: false };
      case 'PATCH /script-settings':
      case 'GET /script-settings':
        return {};
      case 'GET /settings':
        return { bindings: [] };
      default:
        return undefined;
    }
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

const NO_SUCH_WORKER: Refusal = {
  status: 404,
  code: 10007,
  message: 'This Worker does not exist on your account.',
};

const CREATED_ON = '2026-01-01T00:00:00Z';

/** As the platform's ids, which wrangler can tell from other words. */
function newVersion({ versions }: FakeWorker): string {
  const id = `00000000-0000-4000-8000-${String(versions.length + 1).padStart(12, '0')}`;
  versions.push(id);
  return id;
}

const showVersion = ({ versions }: FakeWorker, id: string) => ({
  id,
  number: versions.indexOf(id) + 1,
  metadata: {
    created_on: CREATED_ON,
    modified_on: CREATED_ON,
    source: 'wrangler',
    author_email: 'somebody@example.com',
  },
  annotations: {},
  resources: { bindings: [], script: { handlers: ['fetch'] }, script_runtime: { usage_model: 'standard' } },
});

const showDeployment = (deployment: FakeDeployment, at: number) => ({
  id: `deployment-${at}`,
  source: 'wrangler',
  strategy: 'percentage',
  author_email: 'somebody@example.com',
  annotations: {},
  created_on: new Date(Date.parse(CREATED_ON) + at).toISOString(),
  versions: [...deployment].map(([version, percentage]) => ({ version_id: version, percentage })),
});
