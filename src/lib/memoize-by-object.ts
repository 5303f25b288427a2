import { getOrInsert } from './get-or-insert.ts';
/**
 * Memoizes what follows from an object that never changes (a model, a table, a column): it is worked out when it is first
 * needed, and kept as long as the object lives. Objects are compared by identity; an undefined result is worked out again.
 */
export function memoizeByObject<Subject extends object, Result, Rest extends unknown[] = []>(
  workOut: (subject: Subject, ...rest: Rest) => Result,
): (subject: Subject, ...rest: Rest) => Result {
  const results = new WeakMap<Subject, Result>();
  return (subject, ...rest) => getOrInsert(results, subject, () => workOut(subject, ...rest));
}
