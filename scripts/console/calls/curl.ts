import type { Call } from './call.ts';
import { credential } from './credential.ts';
import { toAscii } from './exact-json.ts';
import { bodyOf, headersOf } from './send.ts';

/** The call as a command for a POSIX shell. It names the variable that has the token, and not the token. */
export function asCurl(call: Call, origin: string = location.origin): string {
  const headers = Object.entries(headersOf(call)).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const authorization =
    (call.credential ?? credential.value) === null ? [] : ['-H "authorization: Bearer $SHARDQL_TOKEN"'];
  // Values of rows may have characters that a terminal obeys, or that turn what follows.
  const body = toAscii(bodyOf(call));
  return [`curl -sS ${quote(`${origin}${call.path}`)}`, ...headers, ...authorization, `--data-raw ${quote(body)}`].join(
    ' \\\n  ',
  );
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
