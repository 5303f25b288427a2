import type { ExecutionResult } from 'graphql';
import type { ErrorCode } from '../shards/errors.ts';
import type { AnswerForm } from './answer-form.ts';
import { statusOf } from './http-status.ts';

/** Length of a text below which compressing it saves no packet. */
const MIN_GZIP_CHARACTERS = 1_000;

/**
 * A finished result as answer. Status by GraphQL over HTTP: 200 wherever there is `data`, null too; without, clients of
 * `application/json` get 200 as well, since that is how they know the answer for one of GraphQL's.
 */
export function respond(result: ExecutionResult, { type, gzip }: AnswerForm): Response {
  const text = JSON.stringify(result);
  const headers: Record<string, string> = { 'content-type': `${type}; charset=utf-8` };
  // The header makes the runtime compress. Cloudflare's network compresses `application/json` by itself, at no CPU of the
  // Worker's; the other type it does not know.
  if (gzip && type !== 'application/json' && text.length >= MIN_GZIP_CHARACTERS) headers['content-encoding'] = 'gzip';
  return new Response(text, {
    status: type === 'application/json' || 'data' in result ? 200 : statusOf(codeOf(result)),
    headers,
  });
}

/** Finished errors have a code. */
const codeOf = ({ errors }: ExecutionResult): ErrorCode => errors?.[0]?.extensions.code as ErrorCode;
