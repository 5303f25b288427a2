import type { SeededBug } from '../seeded-bugs.ts';

/** Bugs that take deploys, restarts or users' code to show: histories over HTTP must find each. */
export const HTTP_SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'mutations of users’ code read from the cache',
    file: 'plans/selection/asked-consistency.ts',
    from: "return operation === 'mutation' ? STRONG : undefined;",
    to: 'return undefined;',
  },
  {
    name: 'versions follow a clock that was set back across a restart',
    file: 'shards/server/clock.ts',
    from: 'Math.max(versionAt(this.#wallClock()), this.#last) + 1',
    to: 'versionAt(this.#wallClock()) + 1',
  },
  {
    name: 'reads are as of the wall clock instead of the last commit',
    file: 'shards/server/clock.ts',
    from: 'return this.#last;',
    to: 'return Math.max(versionAt(this.#wallClock()), this.#last);',
  },
  {
    name: 'tokens from the future are refused',
    file: 'resolvers/consistency/session-token.ts',
    from: "if (typeof shard !== 'string' || !isCount(version)) return null;",
    to: "if (typeof shard !== 'string' || !isCount(version) || version / 4096 > Date.now() - Date.UTC(2024) + 1_000) return null;",
  },
  {
    name: 'entries live as long as the policy of their day allowed',
    file: 'cache/entries/judge-entry.ts',
    from: 'Math.min(entry.ttlMs + entry.swrMs, life.ttlMs + life.swrMs)',
    to: '(entry.ttlMs + entry.swrMs)',
  },
  {
    name: 'stamps of another release are taken for one’s own',
    file: 'shards/stamps.ts',
    from: 'return itsSchema === schema',
    to: 'return itsSchema !== null',
    isRare: true,
  },
  {
    name: 'node ids name keys in a form that reads do not give',
    file: 'model/wire-kinds.ts',
    from: 'CANONICAL_DECIMAL.test(String(wire)) && significantDigits(String(wire)) <= MAX_DECIMAL_DIGITS,\n    toToken: (wire) => scientific(Number(wire), MAX_DECIMAL_DIGITS),\n    fromToken: (part) => {\n      const number = numberOf(part);\n      return number === undefined ? undefined : decimalToWire(number);',
    to: 'wire !== null,\n    toToken: (wire) => scientific(Number(wire), MAX_DECIMAL_DIGITS),\n    fromToken: (part) => {\n      const number = numberOf(part);\n      return number === undefined ? undefined : number.toFixed(3);',
  },
  {
    name: 'an operation is not remembered with its commit',
    file: 'shards/server/commit/commit.ts',
    from: 'if (known !== null) return known;',
    to: '',
  },
  {
    name: 'sessions are held to the latest version of any shard',
    file: 'shards/seen-versions.ts',
    from: 'asOf >= (seen.versionByShard.get(shard) ?? seen.rest)',
    to: 'asOf >= 0 * (seen.versionByShard.get(shard) ?? seen.rest)',
  },
  {
    name: 'a wake forgets the traces of what is cached',
    file: 'shards/server/freshness/traces.ts',
    from: 'const trace = readTrace(this.#session, shardKey);',
    to: 'const trace = null;',
    isRare: true,
  },
];
