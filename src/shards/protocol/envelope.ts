/**
 * What all requests and answers have. A deploy may mix releases for minutes, so every request names its protocol; fields are
 * only ever added. Expected failures are data; an exception means a bug or the platform.
 */
import type { WireError } from '../errors.ts';

/** What requests name unless they need more. */
export const PROTOCOL = 1;

/** What requests name that say what a shard of a release before would overlook, and so do something else. */
export const PROTOCOL_OF = {
  /** `idempotency` and `dryRun` of writes; what asks for such writes. */
  keyedWrites: 2,
  /** `rules` of writes. */
  writeRules: 3,
  /** `asOf` of reads; restores. */
  recovery: 4,
  /** Attempts of writes after a first one that was to be `rememberedByLog`: a shard of a release before would not find it, and write again. */
  rememberedWrites: 5,
} as const;

/** The newest that this release understands. */
export const NEWEST_PROTOCOL = 5;

/** Who asks. Part of every request. */
export interface Caller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Claims about a token rather than about who holds it: with a new token the same caller has others. */
const TOKEN_CLAIMS: readonly string[] = ['iat', 'exp', 'nbf', 'jti', 'auth_time'];

/** The caller without what its next token says differently: who it is. */
export const holderOf = ({ role, claims }: Caller): Caller => ({
  role,
  claims: Object.fromEntries(Object.entries(claims).filter(([name]) => !TOKEN_CLAIMS.includes(name))),
});

/** Whoever is at the machine that runs the API. */
export const DEVELOPER: Caller = { role: 'developer', claims: {} };

/** Who runs a deployment: sees and does everything. */
export const OPERATOR: Caller = { role: 'operator', claims: {} };

/** Whoever shows no credential. */
export const ANONYMOUS: Caller = { role: 'anonymous', claims: {} };

/** ShardQL itself, where no request asks: batches of its queues. */
export const SYSTEM: Caller = { role: 'system', claims: {} };

/** Roles that nobody has by a credential: they tell where a request comes from. */
export const ROLES_WITHOUT_CREDENTIAL: ReadonlySet<string> = new Set([DEVELOPER.role, SYSTEM.role, ANONYMOUS.role]);

/** Whether a text may name a role. */
export const isRoleName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/.test(text);

export interface RequestEnvelope {
  readonly protocol: number;
  /** Epoch of the router's map; the shard answers with the newest it knows. */
  readonly epoch: number;
  readonly caller: Caller;
  /** Under which failures are logged. Absent from the release before, and where no request asks. */
  readonly requestId?: string | undefined;
  /** Of the trace that the request is part of, for the log too. Absent: of none. */
  readonly traceId?: string | undefined;
  /** The answer is to tell what each statement did. Absent: nobody wants to know, so nothing is measured. */
  readonly tellsStatements?: true | undefined;
  /** When nobody waits for the answer any more, in milliseconds since 1970 on the router's clock. Absent: it is always waited for. */
  readonly expiresAtMs?: number | undefined;
  /** The shard is slow to answer, by what the router sees: shard keys are to take turns. The release before answers in the order of arrival. */
  readonly takesTurns?: boolean | undefined;
}

/** The shard does not own what was asked for: refresh the map, at least to `epoch`, and retry. */
export interface WrongShard {
  readonly status: 'WRONG_SHARD';
  readonly epoch: number;
}

/** The shard refuses the whole request (`MIGRATION_FAILED`, `SHARD_FULL`, …). */
export interface Refused {
  readonly status: 'REFUSED';
  readonly epoch: number;
  readonly error: WireError;
}

/** Part of the envelope, since a shard may leave it out. */
export interface KeptAnswers {
  /**
   * How long those answers may be kept that may be, in milliseconds, by the policy of the router's release. Absent (from the
   * release before): as long as any answer of the shard's model.
   */
  readonly lifeMs?: number | undefined;
}

/** What the work cost, for traces and billing. */
export interface WorkCounts {
  readonly statements: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** What the statements did, the first ones; absent: nobody has asked for it. */
  readonly work?: readonly StatementWork[];
}

/** A statement that has run, once or several times in a row. */
export interface StatementWork {
  /** Holds no values: they are bound. */
  readonly sql: string;
  readonly times: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** When it began and ended, in milliseconds since the shard came to the request. In production the clock stands still meanwhile. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** Of a gathered answer: where it ran. Absent: in the shard that was asked. */
  readonly shard?: string;
}

/** An answer without what a shard adds to each. */
export type Bare<Answer> = Answer extends unknown ? Omit<Answer, 'epoch' | 'counts'> : never;
