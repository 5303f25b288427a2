/** Every way to leave out one part of a value made of arrays and objects. */
export function* smaller(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      yield value.filter((_, other) => other !== at);
      for (const less of smaller(item)) yield value.with(at, less);
    }
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const { [key]: _, ...rest } = value as Record<string, unknown>;
    yield rest;
    for (const less of smaller(item)) yield { ...value, [key]: less };
  }
}

/** The smallest value found, within `tries`, that still fails. */
export async function shrink<T>(failing: T, fails: (value: T) => Promise<boolean>, tries = 400): Promise<T> {
  let best = failing;
  let left = tries;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(best)) {
      if (left-- <= 0) return best;
      if (!(await fails(candidate as T))) continue;
      best = candidate as T;
      found = true;
      break;
    }
  }
  return best;
}
