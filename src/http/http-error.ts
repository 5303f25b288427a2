import type { ErrorCode } from '../shards/errors.ts';
import { ShardQLError } from '../shards/errors.ts';

/** A failure of the HTTP request itself, with the status that HTTP has for it. */
export class HttpError extends ShardQLError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.status = status;
    this.headers = headers;
  }
}
