const MOMENT = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** A moment in ISO 8601, in milliseconds since 1970; null: the text is none. A day alone begins at midnight UTC. */
export function parseMoment(text: string): number | null {
  const [, day] = MOMENT.exec(text) ?? [];
  if (day === undefined) return null;
  // `Date` takes the 30th of February for a day in March.
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
