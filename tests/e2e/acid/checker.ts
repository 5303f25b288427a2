/**
 * Tells from a history alone whether its transactions were atomic and strictly serializable, as Elle does for list-append (Kingsbury,
 * Alvaro: "Elle: Inferring Isolation Anomalies from Experimental Observations", 2020). Values are appended once each, so a
 * list that was read tells which appends came before and in which order. So the order of transactions is known: who wrote before whom, who read what whom had
 * written, who read before whom wrote, and who had ended before whom began. A circle in it is an anomaly.
 */
import type { History, Transaction } from './history.ts';

/** What is wrong, a sentence each; empty: nothing. */
export function problemsOf(history: History): string[] {
  return [...listProblems(history), ...circleProblems(history), ...accountProblems(history)];
}

/** The longest state that anyone has seen of each list. */
function longestLists({ transactions }: History): ReadonlyMap<string, readonly number[]> {
  const longest = new Map<string, readonly number[]>();
  for (const { lists } of transactions) {
    for (const [list, values] of Object.entries(lists)) {
      if (values.length > (longest.get(list)?.length ?? -1)) longest.set(list, values);
    }
  }
  return longest;
}

const writersOf = ({ transactions }: History): ReadonlyMap<number, Transaction> =>
  new Map(transactions.flatMap((each) => each.appends.map(([, value]) => [value, each])));

/** The last read in a history sees all lists, after everything has ended. */
function listProblems(history: History): string[] {
  const problems: string[] = [];
  const longest = longestLists(history);
  const writers = writersOf(history);
  for (const [list, values] of longest) {
    if (new Set(values).size < values.length) problems.push(`A value is twice in list ${list}.`);
    for (const value of values) {
      const outcome = writers.get(value)?.outcome;
      if (outcome === undefined) problems.push(`List ${list} has ${value}, which nobody has appended.`);
      if (outcome === 'failed') problems.push(`List ${list} has ${value}, of a transaction that failed.`);
    }
  }
  for (const { lists } of history.transactions) {
    for (const [list, values] of Object.entries(lists)) {
      const known = longest.get(list)!;
      if (values.some((value, at) => value !== known[at])) problems.push(`List ${list} was read in two orders.`);
    }
  }
  const seen = new Set([...longest.values()].flat());
  for (const { outcome, appends } of history.transactions) {
    const found = appends.filter(([, value]) => seen.has(value));
    if (outcome === 'ok' && found.length < appends.length) problems.push('An append is lost that was acknowledged.');
    if (found.length > 0 && found.length < appends.length) problems.push('A transaction has happened in part.');
  }
  return problems;
}

/** Transactions by place, each with those that must come after it. */
function orderOf(history: History): readonly (readonly number[])[] {
  const { transactions } = history;
  const placeOf = new Map(transactions.map((each, place) => [each, place]));
  const after: Set<number>[] = transactions.map(() => new Set());
  const precedes = (before: Transaction | undefined, later: Transaction | undefined): void => {
    if (before && later && before !== later) after[placeOf.get(before)!]!.add(placeOf.get(later)!);
  };
  const writers = writersOf(history);
  const longest = longestLists(history);
  for (const values of longest.values()) {
    for (const [at, value] of values.entries()) precedes(writers.get(value), writers.get(values[at + 1]!));
  }
  for (const reader of transactions) {
    for (const [list, values] of Object.entries(reader.lists)) {
      const known = longest.get(list)!;
      precedes(writers.get(values.at(-1)!), reader);
      precedes(reader, writers.get(known[values.length]!));
    }
  }
  for (const before of transactions) {
    if (before.outcome !== 'ok') continue;
    const later = transactions.filter(({ beganAt }) => beganAt > before.endedAt!);
    // Those that began after one of them had ended come after that one.
    const firstEnd = later.reduce(
      (least, { outcome, endedAt }) => (outcome === 'ok' ? Math.min(least, endedAt!) : least),
      Number.POSITIVE_INFINITY,
    );
    for (const next of later) if (next.beganAt <= firstEnd) precedes(before, next);
  }
  return after.map((places) => [...places]);
}

/** Takes away whoever has nobody before it, again and again: what stays is in circles, or behind one. */
function circleProblems(history: History): string[] {
  const after = orderOf(history);
  const waitsFor = after.map(() => 0);
  for (const places of after) for (const place of places) waitsFor[place]!++;
  const free = waitsFor.flatMap((count, place) => (count === 0 ? [place] : []));
  let left = after.length;
  for (let place = free.pop(); place !== undefined; place = free.pop()) {
    left--;
    for (const next of after[place]!) if (--waitsFor[next]! === 0) free.push(next);
  }
  return left === 0 ? [] : [`No order of the transactions explains what ${left} of them have seen.`];
}

function accountProblems({ total, transactions }: History): string[] {
  return transactions.flatMap(({ accounts }) => {
    if (accounts === null) return [];
    const amounts = Object.values(accounts);
    const sum = amounts.reduce((all, amount) => all + amount, 0);
    const isOverdrawn = amounts.some((amount) => amount < 0);
    return [
      ...(sum === total ? [] : [`The accounts had ${sum} together, not ${total}.`]),
      ...(isOverdrawn ? ['An account was overdrawn.'] : []),
    ];
  });
}
