import { CliError } from './cli-error.ts';

/** A refusal of the API itself. */
export class RefusedError extends CliError {
  readonly status: number;
  /** Null: the answer is none of the API's. */
  readonly code: string | null;
  /** After how long the same request may succeed, in milliseconds; null: it is not known that it may. */
  readonly retryAfterMs: number | null;
  /** In the API's own words: its code, and why. */
  readonly reason: string;

  constructor(url: URL, status: number, body: string) {
    const failure = failureOf(body);
    const reason = failure === null ? body.slice(0, 200) : `${failure.code}: ${failure.message}`;
    super(`${url.origin} refused the request (${status}): ${reason}`);
    this.status = status;
    this.code = failure?.code ?? null;
    this.retryAfterMs = failure?.retryable ? (failure.retryAfterMs ?? 0) : null;
    this.reason = reason;
  }
}

/** A refusal of a field of the operators' GraphQL. */
export class RefusedFieldError extends CliError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** There is no answer, or none that is whole. */
export class UnreachableError extends CliError {
  /** The API may have done what it was asked for. */
  readonly wasSent: boolean;

  constructor(message: string, wasSent: boolean) {
    super(message);
    this.wasSent = wasSent;
  }
}

/** Where an API is, and as whom to ask it. */
export interface ApiOptions {
  readonly url: string;
  /** Default: none is sent, which the API of one's own machine does without. */
  readonly token?: string;
}

export interface ApiRequest extends RequestInit {
  readonly query?: Readonly<Record<string, string>>;
}

/** A running API. */
export class ApiClient {
  readonly origin: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws CliError for an address that is none, and for one to which a token would be sent in the clear. */
  constructor({ url, token }: ApiOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new CliError(`Expected --url to be an address, but got "${url}".`);
    }
    const { protocol, hostname, origin } = new URL(url);
    if (token !== undefined && protocol === 'http:' && !LOOPBACK.has(hostname)) {
      throw new CliError(`Expected an https address, since a token is sent, but got "${url}".`);
    }
    this.origin = origin;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** @throws UnreachableError if nobody answers, RefusedError if the answer is no success. */
  async request(path: string, { query = {}, ...init }: ApiRequest = {}): Promise<Response> {
    const url = new URL(path, this.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    try {
      const response = await fetch(url, { ...init, headers: { ...this.#headers, ...init.headers } });
      if (response.ok) return response;
      throw new RefusedError(url, response.status, await response.text());
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw unreachable(url, error);
    }
  }

  async json<T>(path: string, request: ApiRequest = {}): Promise<T> {
    return readJson(new URL(path, this.origin), await this.request(path, request));
  }

  /** An answer's headers and all of its bytes. */
  async bytes(path: string, request: ApiRequest = {}): Promise<{ headers: Headers; bytes: ArrayBuffer }> {
    const response = await this.request(path, request);
    const bytes = await response.arrayBuffer().catch((error: unknown) => {
      throw unreachable(new URL(path, this.origin), error);
    });
    return { headers: response.headers, bytes };
  }

  /**
   * A field of the operators' GraphQL.
   *
   * @throws RefusedFieldError, and as {@link json}.
   */
  async operate<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const body = JSON.stringify({ query, variables });
    const { data, errors = [] } = await this.json<OperatorAnswer<Data>>('/operator', { method: 'POST', headers, body });
    const [error] = errors;
    if (error) throw new RefusedFieldError(error.extensions?.code ?? 'ERROR', error.message);
    return data!;
  }
}

interface OperatorAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** An answer's JSON. */
export async function readJson<T>(url: URL, response: Response): Promise<T> {
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(url, error);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(`Expected JSON from ${url.origin}${url.pathname}, but got other text. Is it a ShardQL API?`);
  }
}

/** What Node says of connections that were never made. */
const NOT_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function unreachable(url: URL, error: unknown): UnreachableError {
  const { message, cause } = error as Error;
  const { message: reason = '', code = '' } = (cause ?? {}) as { readonly message?: string; readonly code?: string };
  return new UnreachableError(
    `Cannot reach ${url.origin}: ${reason || message}. Start the API there, or say with --url where it is.`,
    !NOT_CONNECTED.includes(code),
  );
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

function failureOf(body: string): Failure | null {
  try {
    const { message, extensions } = JSON.parse(body).errors[0];
    return { ...extensions, message };
  } catch {
    return null;
  }
}
