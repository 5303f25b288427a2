import { CliError } from '../cli-error.ts';

/** Why the account did not do what it was asked. */
export type AccountFailure = 'NOT_LOGGED_IN' | 'NO_PERMISSION' | 'NAME_TAKEN' | 'NOT_THERE' | 'REFUSED';

/** The account did not do what it was asked. */
export class AccountError extends CliError {
  readonly failure: AccountFailure;

  constructor(failure: AccountFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/** In what wrangler writes, the first of these that fits tells why it gave up. */
const SIGNS: readonly (readonly [RegExp, AccountFailure, string])[] = [
  [
    /not (?:authenticated|logged in)|necessary to set a CLOUDFLARE_API_TOKEN|"loggedIn":\s*false/i,
    'NOT_LOGGED_IN',
    'Log in with npx wrangler login, or set CLOUDFLARE_API_TOKEN.',
  ],
  [
    /\[code: 9109\]|\[code: 10000\]|Authentication error|Unauthorized|Forbidden|lacks? (?:the )?permission/i,
    'NO_PERMISSION',
    'Give the token the permissions that docs/deploying.md lists, for this account.',
  ],
  [
    /\[code: (?:10004|10014|11009)\]|already exists|already taken/i,
    'NAME_TAKEN',
    'Run it again if somebody else has just made it; else choose another name in the configuration.',
  ],
  [/does not exist|not found/i, 'NOT_THERE', 'Create it first.'],
];

/**
 * @param what was asked, as in "Expected to …".
 * @param written all that wrangler wrote.
 */
export function accountError(what: string, written: string): AccountError {
  const [, failure, remedy] = SIGNS.find(([sign]) => sign.test(written)) ?? [null, 'REFUSED' as const, ''];
  const reason = /\[ERROR\]\s*(.+)/.exec(written)?.[1] ?? written.trim().split('\n')[0] ?? '';
  const got = reason === '' ? 'no reason was given' : reason.trim().replace(/[.:]$/, '');
  return new AccountError(failure, `Expected to ${what}, but got: ${got}. ${remedy}`.trim());
}
