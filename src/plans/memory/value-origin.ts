import { type ArgumentNode, Kind, type ValueNode } from 'graphql';
import type { VariableValues } from '../selection/asked-consistency.ts';

/** A variable that stands somewhere in the arguments of a field. */
export interface VariableUse {
  readonly name: string;
  /** Names and list positions from the argument on: `where.AND.0.status.eq`. */
  readonly path: string;
}

/** What values of plans are taken from, at each request. */
export interface RequestValues {
  readonly variables: VariableValues;
  /** What the caller's credential says. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Takes a value from a request. */
export type ValueOrigin = (request: RequestValues) => unknown;

/** Where the value at a path of a field's arguments comes from; null if it is the same for all requests. */
export function originOf(
  args: readonly ArgumentNode[],
  path: string,
  value: unknown,
  variables: VariableValues,
): ValueOrigin | null {
  const [name, ...steps] = path.split('.');
  const node = args.find((argument) => argument.name.value === name)?.value;
  return node === undefined ? null : originIn(node, steps, value, variables);
}

function originIn(
  node: ValueNode,
  steps: readonly string[],
  value: unknown,
  variables: VariableValues,
): ValueOrigin | null {
  const [step, ...rest] = steps;
  // One value may stand for a list of it.
  if (step !== undefined && node.kind !== Kind.VARIABLE && node.kind !== Kind.LIST && /^[0-9]/.test(step)) {
    return originIn(node, rest, value, variables);
  }
  switch (node.kind) {
    case Kind.VARIABLE: {
      const name = node.name.value;
      // One that is left out leaves its place to a default.
      return Object.hasOwn(variables, name) ? ({ variables: given }) => stepInto(given[name], steps) : null;
    }
    case Kind.OBJECT: {
      const field = node.fields.find((each) => each.name.value === step)?.value;
      return field === undefined ? null : originIn(field, rest, value, variables);
    }
    case Kind.LIST:
      if (step !== undefined) return originIn(node.values[Number(step)]!, rest, value, variables);
      return originOfList(node.values, value as readonly unknown[], variables);
    default:
      return null;
  }
}

function originOfList(
  nodes: readonly ValueNode[],
  values: readonly unknown[],
  variables: VariableValues,
): ValueOrigin | null {
  const origins = nodes.map((node, index) => originIn(node, [], values[index], variables));
  if (origins.every((origin) => origin === null)) return null;
  return (request) => origins.map((origin, index) => (origin === null ? values[index] : origin(request)));
}

function stepInto(value: unknown, steps: readonly string[]): unknown {
  let inner = value;
  for (const step of steps) inner = (inner as Record<string, unknown>)[step];
  return inner;
}

/** The variables in the arguments of a field, each at its place. */
export function usesIn(args: readonly ArgumentNode[]): VariableUse[] {
  return args.flatMap(({ name, value }) => usesInValue(value, name.value));
}

function usesInValue(node: ValueNode, path: string): VariableUse[] {
  switch (node.kind) {
    case Kind.VARIABLE:
      return [{ name: node.name.value, path }];
    case Kind.OBJECT:
      return node.fields.flatMap(({ name, value }) => usesInValue(value, `${path}.${name.value}`));
    case Kind.LIST:
      return node.values.flatMap((value, index) => usesInValue(value, `${path}.${index}`));
    default:
      return [];
  }
}
