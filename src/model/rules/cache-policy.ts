import { whereColumn, whereTable } from '../model-draft.ts';
import { anyCode, code, textCode } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import { type CachePolicy, CONSISTENCY_MODES, type ConsistencyMode, REFRESH_POLICIES } from '../types.ts';
import type { ModelRule } from './rule.ts';

/** Longest life of a cached answer, ttl and stale time together; stamps have to outlive it. In seconds. */
const MAX_LIFE_SECONDS = 3_600;
const MAX_STALENESS_MS = MAX_LIFE_SECONDS * 1_000;

/** Cache policies are sound: modes in order, times that entries can have, columns that exist. */
export const cachePolicyRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const where = `${whereTable(table)}, cache`;
    const { cache } = table;
    const unknown = (['mode', 'strongest', 'weakest'] as const).filter(
      (name) => !CONSISTENCY_MODES.includes(cache[name]),
    );
    for (const name of unknown) {
      const message = `Expected ${name} to be one of ${CONSISTENCY_MODES.join(', ')}, but got ${JSON.stringify(cache[name])}.`;
      const fitting = CONSISTENCY_MODES.filter((mode) => isSound({ ...cache, [name]: mode }));
      const remedy =
        fitting.length > 0 ? `Write ${anyCode(fitting.map((mode) => `${name}: '${mode}'`))}.` : 'Name one of them.';
      report({ where, message, remedy });
    }
    if (unknown.length === 0 && !isSound(cache)) {
      report({
        where,
        message: `Expected strongest, mode and weakest in this order (${CONSISTENCY_MODES.join(' before ')}), but got ${cache.strongest}, ${cache.mode}, ${cache.weakest}.`,
        remedy: `Choose a mode within the range, such as ${code(inOrderCode(cache))}.`,
      });
    }
    if (!REFRESH_POLICIES.includes(cache.refresh)) {
      report({
        where,
        message: `Expected refresh to be one of ${REFRESH_POLICIES.join(', ')}, but got ${JSON.stringify(cache.refresh)}.`,
        remedy: `Write ${anyCode(REFRESH_POLICIES.map((policy) => `refresh: '${policy}'`))}.`,
      });
    }
    reportTimes(table, where, report);
    for (const column of cache.strongColumns.filter((name) => !table.columnByName.has(name))) {
      report({
        where: whereColumn(table, column),
        message: `Expected strongColumns to name columns of the table, but got "${column}".`,
        remedy: `Name properties of the Drizzle table, or none: ${code(
          `strongColumns: [${cache.strongColumns
            .filter((name) => table.columnByName.has(name))
            .map(textCode)
            .join(', ')}]`,
        )}.`,
      });
    }
  }
};

type Modes = Pick<CachePolicy, 'strongest' | 'mode' | 'weakest'>;

const isSound = ({ strongest, mode, weakest }: Modes): boolean => areInOrder(strongest, mode, weakest);

/** The same three, in order. */
function inOrderCode({ strongest, mode, weakest }: Modes): string {
  const [first, second, third] = [strongest, mode, weakest].sort(
    (a, b) => CONSISTENCY_MODES.indexOf(a) - CONSISTENCY_MODES.indexOf(b),
  );
  return `strongest: '${first}', mode: '${second}', weakest: '${third}'`;
}

const areInOrder = (...modes: readonly ConsistencyMode[]): boolean =>
  modes.every(
    (mode, at) =>
      CONSISTENCY_MODES.includes(mode) &&
      (at === 0 || CONSISTENCY_MODES.indexOf(modes[at - 1]!) <= CONSISTENCY_MODES.indexOf(mode)),
  );

function reportTimes({ cache }: TableDraft, where: string, report: Parameters<ModelRule>[1]): void {
  const { maxStalenessMs, ttlSeconds, swrSeconds } = cache;
  if (!isWhole(maxStalenessMs, 1, MAX_STALENESS_MS)) {
    report({
      where,
      message: `Expected maxStalenessMs to be a whole number from 1 to ${MAX_STALENESS_MS}, but got ${maxStalenessMs}.`,
      remedy: `It is in milliseconds, and no answer is kept for more than an hour: ${code(`maxStalenessMs: ${nearest(maxStalenessMs, 1, MAX_STALENESS_MS)}`)}.`,
    });
  }
  const ttl = nearest(ttlSeconds, 1, MAX_LIFE_SECONDS);
  if (!isWhole(ttlSeconds, 1, MAX_LIFE_SECONDS) || !isWhole(swrSeconds, 0, MAX_LIFE_SECONDS - ttlSeconds)) {
    report({
      where,
      message: `Expected ttlSeconds of at least 1 and swrSeconds of at least 0, whole and together at most ${MAX_LIFE_SECONDS}, but got ${ttlSeconds} and ${swrSeconds}.`,
      remedy: `They are in seconds, and no answer is kept for more than an hour: ${code(`ttlSeconds: ${ttl}, swrSeconds: ${nearest(swrSeconds, 0, MAX_LIFE_SECONDS - ttl)}`)}.`,
    });
  }
}

const isWhole = (value: number, least: number, greatest: number): boolean =>
  Number.isInteger(value) && value >= least && value <= greatest;

const nearest = (value: number, least: number, greatest: number): number =>
  Math.min(greatest, Math.max(least, Math.round(Number.isNaN(Number(value)) ? least : Number(value))));
