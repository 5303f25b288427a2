import { below, pick, type Random } from '../random.ts';
import { pathText, type Step, valueAt } from './json.ts';
import type { Input } from './query.ts';
import type { Value } from './world.ts';

const NAMES = ['a', 'b', 'A', 'no such name', 'a.b', 'quote"', '', '7', '\u{1F600}', '\\', '$', '[0]', '#'];
const ORDERED = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'];
const TEXT = ['contains', 'startsWith', 'endsWith', 'like', 'ieq', 'icontains', 'istartsWith', 'iendsWith', 'ilike'];
const SCALARS = ['', 'x', 'text', 'GDAŃSK', '\u0000', '\u{1F600}', 0, 1, -1.5, 1000, 4442, true, false];

/** Conditions on something in JSON values, some of which are `present`. */
export function jsonOperators(random: Random, present: readonly Value[]): Input {
  if (present.length === 0) return { isNull: random() < 0.5 };
  const sample = pick(random, present);
  const steps = someSteps(random, sample, 0);
  const path = steps.length > 0 ? { path: pathText(steps) } : {};
  const found = valueAt(sample, steps);
  const operand = () => (isScalar(found) && random() < 0.6 ? found : pick(random, SCALARS));
  const names = typeof found === 'object' && found !== null ? Object.keys(found) : [];
  const roll = below(random, 8);
  if (roll === 0) return { ...path, isNull: random() < 0.5 };
  if (roll === 1) return { ...path, hasKey: pick(random, [...names, ...NAMES]) };
  if (roll === 2) {
    const items = Array.isArray(found) ? found.filter(isScalar) : [];
    return { ...path, has: pick(random, [...items, ...SCALARS]) };
  }
  if (roll === 3)
    return { ...path, [pick(random, ['in', 'notIn'])]: Array.from({ length: below(random, 4) }, operand) };
  const value = operand();
  if (typeof value === 'string' && random() < 0.5) return { ...path, [pick(random, TEXT)]: value.slice(0, 3) };
  return { ...path, [pick(random, typeof value === 'boolean' ? ['eq', 'ne'] : ORDERED)]: value };
}

/** At least `least` steps into a value, sometimes to where nothing is. */
export function someSteps(random: Random, value: unknown, least: number): Step[] {
  const steps: Step[] = [];
  let at: unknown = value;
  while (steps.length < least || random() < 0.6) {
    const names = typeof at === 'object' && at !== null ? Object.keys(at).filter((name) => name !== '') : [];
    const isList = Array.isArray(at);
    if (names.length === 0 || random() < 0.15) {
      return [...steps, random() < 0.3 ? below(random, 3) : pick(random, NAMES.filter((name) => name !== ''))]; // biome-ignore format: one line
    }
    const name = pick(random, names);
    steps.push(isList ? Number(name) : name);
    at = valueAt(value, steps);
  }
  return steps;
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);
