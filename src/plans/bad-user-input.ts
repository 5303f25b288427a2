import { type ErrorDetails, ShardQLError } from '../shards/errors.ts';

/** The request asks for something that cannot be: a repeat fails alike. */
export const badUserInput = (message: string, details: ErrorDetails = {}): ShardQLError =>
  new ShardQLError('BAD_USER_INPUT', message, details);
