/**
 * Paths into JSON values: steps with dots between them. A step of digits counts the elements of a list, from 0; any other
 * is a name in an object. In a step, `\.` and `\\` stand for a dot and a backslash, and a backslash before a digit makes
 * a name of a step of digits: `tags.0`, `a\.b`, `years.\2024`.
 */
import type { JsonStep } from '../../shards/plan/computed.ts';
import { badUserInput } from '../bad-user-input.ts';
import { MAX_JSON_PATH_STEPS } from '../limits.ts';

/** SQLite counts elements with 32 bits; no value of 2 MB has so many. */
const MAX_INDEX = 2 ** 31 - 1;

/** The steps of a path. `at` names the place in the arguments, for messages. */
export function parseJsonPath(path: string, at: string): readonly JsonStep[] {
  if (!path.isWellFormed())
    throw badUserInput(`Expected ${at} to be well-formed Unicode text, but got half a character.`);
  const steps: JsonStep[] = [];
  let step = '';
  let isEscaped = false;
  const finishStep = () => {
    if (step === '') throw badUserInput(`Expected ${at} to have no empty steps, but got ${JSON.stringify(path)}.`);
    steps.push(isEscaped ? step : nameOrIndex(step, at));
    step = '';
    isEscaped = false;
  };
  for (let position = 0; position < path.length; position++) {
    const character = path[position]!;
    if (character === '.') finishStep();
    else if (character === '\\') {
      step += escaped(path[++position], path, at);
      isEscaped = true;
    } else step += character;
  }
  finishStep();
  if (steps.length <= MAX_JSON_PATH_STEPS) return steps;
  throw badUserInput(`Expected ${at} to have at most ${MAX_JSON_PATH_STEPS} steps, but got ${steps.length}.`);
}

function escaped(character: string | undefined, path: string, at: string): string {
  if (character !== undefined && /^[.\\0-9]$/.test(character)) return character;
  throw badUserInput(
    `Expected a backslash in ${at} to stand before a dot, a backslash or a digit, but got ${JSON.stringify(path)}.`,
  );
}

function nameOrIndex(step: string, at: string): JsonStep {
  if (!/^(0|[1-9][0-9]*)$/.test(step)) return step;
  if (Number(step) <= MAX_INDEX) return Number(step);
  throw badUserInput(`Expected ${at} to count elements up to ${MAX_INDEX}, but got ${step}.`);
}

/** The value at the steps; undefined if there is none. */
export function valueAtPath(value: unknown, steps: readonly JsonStep[]): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) !== (typeof step === 'number'))
      return undefined;
    if (!Object.hasOwn(found, step)) return undefined;
    found = (found as Record<JsonStep, unknown>)[step];
  }
  return found;
}
