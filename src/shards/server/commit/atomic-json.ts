/** Changes inside a JSON value. What they are given is theirs to change. */
import type { AtomicChange } from '../../operation.ts';

type JsonStep = Extract<AtomicChange, { readonly kind: 'unsetJson' }>['path'][number];

/** A path leads through a value that has nothing below it of that name or position. */
export class JsonMismatch extends Error {
  override readonly name = 'JsonMismatch';

  /** @param expected What must be there. */
  constructor(expected: string, steps: readonly JsonStep[]) {
    super(`${expected} at ${steps.length === 0 ? 'the root' : JSON.stringify(steps)}`);
  }
}

type Container = Record<JsonStep, unknown>;

/** @param value Undefined: there is none. @throws JsonMismatch */
export function applyJsonChange(value: unknown, change: AtomicChange): unknown {
  switch (change.kind) {
    case 'setIfNull':
      return value === undefined ? JSON.parse(change.value as string) : value;
    case 'mergeJson':
      return mergePatch(value, JSON.parse(change.value));
    case 'setJson':
      return withChange(value, change.path, 0, () => JSON.parse(change.value));
    case 'appendJson':
      return withChange(value, change.path, 0, (list) => appended(list, JSON.parse(change.value), change.path));
    case 'unsetJson':
      return withoutPath(value, change.path);
    default:
      return value;
  }
}

/** RFC 7396. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? target : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else put(merged, name, mergePatch(valueAt(merged, name), value));
  }
  return merged;
}

/** Changes what is at a path; what is missing on the way, or null, is made. */
function withChange(
  value: unknown,
  path: readonly JsonStep[],
  depth: number,
  change: (found: unknown) => unknown,
): unknown {
  const step = path[depth];
  if (step === undefined) return change(value);
  const container = containerFor(value, step, path.slice(0, depth));
  put(container, step, withChange(valueAt(container, step), path, depth + 1, change));
  return container;
}

function containerFor(value: unknown, step: JsonStep, path: readonly JsonStep[]): Container {
  const isPosition = typeof step === 'number';
  const container = value ?? (isPosition ? [] : {});
  if (isPosition ? !Array.isArray(container) : !isObject(container))
    throw new JsonMismatch(isPosition ? 'a list' : 'an object', path);
  if (Array.isArray(container) && (step as number) > container.length)
    throw new JsonMismatch(`a list of ${step} elements`, path);
  return container as Container;
}

function appended(list: unknown, item: unknown, path: readonly JsonStep[]): unknown[] {
  if (list === undefined || list === null) return [item];
  if (!Array.isArray(list)) throw new JsonMismatch('a list', path);
  list.push(item);
  return list;
}

/** Nothing changes if nothing is there. */
function withoutPath(value: unknown, path: readonly JsonStep[]): unknown {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  let container = value;
  for (const step of path.slice(0, -1)) container = valueAt(container, step);
  if (Array.isArray(container) && typeof last === 'number') container.splice(last, 1);
  else if (isObject(container) && typeof last === 'string') delete container[last];
  return value;
}

function valueAt(value: unknown, step: JsonStep): unknown {
  if (typeof step === 'number' ? !Array.isArray(value) : !isObject(value)) return undefined;
  return Object.hasOwn(value as object, step) ? (value as Container)[step] : undefined;
}

/** Not by assignment: that of `__proto__` is another thing. */
const put = (container: object, step: JsonStep, value: unknown): unknown =>
  Object.defineProperty(container, step, { value, writable: true, enumerable: true, configurable: true });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
