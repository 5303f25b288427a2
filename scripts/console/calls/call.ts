/** One request of the console: all that it shows and does is such a call, which anybody can repeat. */
export interface Call {
  readonly path: '/operator' | '/graphql';
  readonly query: string;
  /** What was typed or clicked, such as keys of rows, is here, and never part of the text. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** As whom to ask, as the header `x-shardql-as` has it. */
  readonly as?: string | null;
  /** In place of the credential of who has signed in. */
  readonly credential?: string;
  /** Ask for `extensions.trace` too. */
  readonly isTraced?: boolean;
}

export const operatorCall = (query: string, variables?: Call['variables']): Call => ({
  path: '/operator',
  query,
  ...(variables && { variables }),
});

/** Why a call gave no answer. `code`: of the API, or `UNREACHABLE`. */
export class CallFailure extends Error {
  readonly code: string;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Of all errors of the answer. */
  readonly messages: readonly string[];

  constructor(
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    messages: readonly string[] = [message],
  ) {
    super(message);
    this.messages = messages;
    this.code = code;
    this.details = details;
    this.requestId = typeof details.requestId === 'string' ? details.requestId : null;
  }
}
