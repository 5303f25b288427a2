import { type Call, CallFailure } from './call.ts';
import { credential, refusal } from './credential.ts';
import { parseExact, writeExact } from './exact-json.ts';

export interface Answer<Data> {
  readonly data: Data;
  /** Why a part of the data is missing, which is null there. Null: it is whole. */
  readonly failure: CallFailure | null;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Headers besides those of the credential: also what a copied command has. */
export const headersOf = ({ as, isTraced }: Call): Record<string, string> => ({
  accept: 'application/json',
  'content-type': 'application/json',
  ...(as && { 'x-shardql-as': as }),
  ...(isTraced && { 'x-shardql-trace': '1' }),
});

export const bodyOf = ({ query, variables }: Call): string => writeExact({ query, ...(variables && { variables }) });

/** @throws CallFailure where there is nothing to show: with the first error of the answer, or `UNREACHABLE`. */
export async function send<Data>(call: Call, signal?: AbortSignal): Promise<Answer<Data>> {
  const token = call.credential ?? credential.value;
  const response = await fetch(call.path, {
    method: 'POST',
    headers: { ...headersOf(call), ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: bodyOf(call),
    credentials: 'omit',
    ...(signal && { signal }),
  }).catch((error: Error) => {
    throw new CallFailure(
      error.name === 'AbortError' ? 'ABORTED' : 'UNREACHABLE',
      'Expected an answer of the API, but got none. Is it running?',
    );
  });
  const { data, errors, extensions = {} } = await readBody<Data>(response);
  const failure = failureOf(errors ?? []);
  if (failure === null || hasData(data)) return { data: data as Data, failure, extensions };
  // A part of an operator's call that is refused is that part's failure; the whole is a matter of the credential.
  if (call.path === '/operator' && !data && isRefusal(response, failure.code)) refusal.value = failure.message;
  throw failure;
}

/** Of all errors; null: there are none. */
function failureOf(errors: NonNullable<Body<unknown>['errors']>): CallFailure | null {
  const [first] = errors;
  if (first === undefined) return null;
  const { code = 'INTERNAL_SERVER_ERROR', ...details } = first.extensions ?? {};
  return new CallFailure(
    code,
    first.message,
    details,
    errors.map(({ message }) => message),
  );
}

/** Each call asks for one field: where that is null, nothing has come. */
const hasData = (data: unknown): boolean => Object.values(data ?? {}).some((value) => value !== null);

interface Body<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string } & Readonly<Record<string, unknown>>;
  }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

async function readBody<Data>(response: Response): Promise<Body<Data>> {
  const text = await response.text();
  try {
    return parseExact(text) as Body<Data>;
  } catch {
    throw new CallFailure('UNREACHABLE', `Expected an answer in JSON, but got status ${response.status}.`);
  }
}

const isRefusal = ({ status }: Response, code: string): boolean =>
  status === 401 || status === 403 || code === 'UNAUTHENTICATED' || code === 'FORBIDDEN';
