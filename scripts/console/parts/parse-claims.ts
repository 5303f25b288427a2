interface Parsed {
  /** Null: none are given, or they are wrong. */
  readonly claims: Readonly<Record<string, unknown>> | null;
  readonly problem: string | null;
}

/** Claims as they are typed: a JSON object, or nothing. */
export function parseClaims(text: string): Parsed {
  if (text.trim() === '') return { claims: null, problem: null };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { claims: value as Readonly<Record<string, unknown>>, problem: null };
    }
  } catch {}
  return { claims: null, problem: 'Expected a JSON object, such as {"shardKey":"t1"}.' };
}
