/** Carries a session from one answer to the next request. */
export const TOKEN_HEADER = 'x-shardql-token';
