import { ShardQLError } from '../../shards/errors.ts';

/** The deployment's configuration is wrong: every request fails, with what is to be corrected. */
export const misconfigured = (message: string) => new ShardQLError('INTERNAL_SERVER_ERROR', message);
