import type { ApiClient } from './api-client.ts';

/** A field of the operators' GraphQL that shows what it would do, and does it once that is confirmed. */
export interface ConfirmedCall<Shown, Done> {
  readonly field: string;
  /** Variables, as the document declares them, and as the field is given them. */
  readonly declared: string;
  readonly given: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Selection of its `preview`. */
  readonly preview: string;
  /** Selection of what it gives once it is done: one field. */
  readonly done: string;
  /** Never given: it ties the types of both answers to the call. */
  readonly types?: { readonly shown: Shown; readonly done: Done };
}

export interface Previewed<Shown> {
  readonly preview: Shown;
  /** Goes with {@link perform}. */
  readonly token: string;
}

/** What it would do. */
export async function preview<Shown, Done>(
  api: ApiClient,
  { field, declared, given, variables, preview: selection }: ConfirmedCall<Shown, Done>,
): Promise<Previewed<Shown>> {
  const document = `mutation (${declared}) { payload: ${field}(${given}, preview: true) { preview { ${selection} } confirmation { token } } }`;
  const { payload } = await api.operate<{
    payload: { readonly preview: Shown; readonly confirmation: { readonly token: string } };
  }>(document, variables);
  return { preview: payload.preview, token: payload.confirmation.token };
}

/** @throws RefusedFieldError CONFIRMATION_REFUSED if that is not what was previewed any more. */
export async function perform<Shown, Done>(
  api: ApiClient,
  { field, declared, given, variables, done }: ConfirmedCall<Shown, Done>,
  token: string,
): Promise<Done> {
  const document = `mutation (${declared}, $confirmation: String!) { payload: ${field}(${given}, confirmation: $confirmation) { ${done} } }`;
  const { payload } = await api.operate<{ payload: Readonly<Record<string, Done>> }>(document, {
    ...variables,
    confirmation: token,
  });
  return Object.values(payload)[0]!;
}
