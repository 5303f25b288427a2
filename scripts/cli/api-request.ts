import { CliError } from './cli-error.ts';

/** A refusal of the API itself. */
export class RefusedError extends CliError {
  readonly status: number;
  /** Null: the answer is none of the API's. */
  readonly code: string | null;
  /** In the API's own words: its code, and why. */
  readonly reason: string;

  constructor(url: URL, status: number, body: string) {
    const failure = failureOf(body);
    const reason = failure === null ? body.slice(0, 200) : `${failure.code}: ${failure.message}`;
    super(`${url.origin} refused the request (${status}): ${reason}`);
    this.status = status;
    this.code = failure?.code ?? null;
    this.reason = reason;
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

/** Address of a path of the API at `--url`. */
export function apiUrl(origin: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  if (!URL.canParse(origin) || !/^https?:$/.test(new URL(origin).protocol)) {
    throw new CliError(`Expected --url to be an address, but got "${origin}".`);
  }
  const url = new URL(path, origin);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** Throws `UnreachableError` if nobody answers, `RefusedError` if the answer is no success. */
export async function requestApi(url: URL, init: RequestInit = {}): Promise<Response> {
  try {
    const response = await fetch(url, init);
    if (response.ok) return response;
    throw new RefusedError(url, response.status, await response.text());
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unreachable(url, error);
  }
}

/** Asks for JSON. */
export const requestJson = async <T>(url: URL, init: RequestInit = {}): Promise<T> =>
  readJson(url, await requestApi(url, init));

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

function failureOf(body: string): { readonly code: string; readonly message: string } | null {
  try {
    const { message, extensions } = JSON.parse(body).errors[0];
    return { code: extensions.code, message };
  } catch {
    return null;
  }
}
