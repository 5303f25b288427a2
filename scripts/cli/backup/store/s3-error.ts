/** A refusal of the S3 API, or no answer of it. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  /** As S3 has it, such as `NoSuchKey`; `NoAnswer`: there is none. */
  readonly code: string;
  /** Of HTTP; 0: there is no answer. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** The same request may succeed later. */
  get mayPass(): boolean {
    return this.code === 'NoAnswer' || this.status === 429 || this.status >= 500 || PASSING.has(this.code);
  }
}

/** Refusals of a request that has not arrived as it was sent. */
const PASSING: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
]);

/** Answers of other servers are no XML: a proxy's page, for instance. */
export function toS3Error(status: number, body: string): S3Error {
  const code = /<Code>([^<]*)<\/Code>/.exec(body)?.[1];
  const message = /<Message>([^<]*)<\/Message>/.exec(body)?.[1];
  return new S3Error(code ?? `HTTP ${status}`, status, message ?? body.slice(0, 200));
}

export const noAnswer = (error: unknown): S3Error => {
  const { message, cause } = error as Error;
  return new S3Error('NoAnswer', 0, (cause as Error | undefined)?.message || message);
};
