import { Kind, type ValueNode, visit } from 'graphql';
import type { Directed } from '../selection/asked-consistency.ts';
import type { VariableUse } from './value-origin.ts';

/** What of a value decides the shape of plans, as a text; equal texts, equal plans. */
export type ShapeOf = (value: unknown) => string;

/** The whole value decides. */
export const verbatim: ShapeOf = (value) => JSON.stringify(value);

/** By the place of a value inside of a variable's. */
export type ShapeByPlace = Map<string, ShapeOf>;

/** The arguments of a field, as far as planning has looked at them. */
export interface ArgumentUses {
  /** The variables among them. */
  readonly uses: readonly VariableUse[];
  /** What of the value at a path decides; null: nothing. */
  shapeAt(path: string): ShapeOf | null;
  /** What decides of an object or list at a path, whatever it holds; undefined: its parts do. */
  shapeOfWhole(path: string): ShapeOf | undefined;
}

/**
 * Which variables the planning of an operation has looked at, and how: of most values only that they are there matters,
 * since plans hold numbers in place of values.
 */
export class VariableUses {
  readonly #observed = new Set<string>();
  readonly #arguments: ArgumentUses[] = [];

  /** The variables of a node's directives decide by their values. */
  ofDirectives({ directives = [] }: Directed): void {
    for (const { arguments: args = [] } of directives) {
      for (const { value } of args) for (const name of variablesIn(value)) this.#observed.add(name);
    }
  }

  ofArguments(args: ArgumentUses): void {
    this.#arguments.push(args);
  }

  /** For each variable that matters, the values in it that matter by more than being there. */
  shapes(variables: Readonly<Record<string, unknown>>): ReadonlyMap<string, ShapeByPlace> {
    const shapesByName = new Map<string, ShapeByPlace>();
    const shapesOf = (name: string): ShapeByPlace => {
      const shapes = shapesByName.get(name) ?? new Map();
      shapesByName.set(name, shapes);
      return shapes;
    };
    for (const name of this.#observed) {
      const shapes = shapesOf(name);
      for (const place of leavesOf(variables[name], '', noWholes)) shapes.set(place, verbatim);
    }
    for (const args of this.#arguments) {
      for (const use of args.uses) {
        const shapes = shapesOf(use.name);
        const wholeAt = (place: string): ShapeOf | undefined => args.shapeOfWhole(pathOf(use, place));
        for (const place of leavesOf(variables[use.name], '', (inner) => wholeAt(inner) !== undefined)) {
          addShape(shapes, place, wholeAt(place) ?? args.shapeAt(pathOf(use, place)));
        }
      }
    }
    return shapesByName;
  }
}

const pathOf = ({ path }: VariableUse, place: string): string => (place === '' ? path : `${path}.${place}`);

/** A value may be used at several places: the use that depends on most of it decides. */
function addShape(shapes: ShapeByPlace, place: string, shape: ShapeOf | null): void {
  if (shape === null) return;
  const known = shapes.get(place);
  shapes.set(place, known === undefined || known === shape ? shape : verbatim);
}

/** Names of the variables in a value of the document. */
function variablesIn(value: ValueNode): string[] {
  if (value.kind === Kind.VARIABLE) return [value.name.value];
  const names: string[] = [];
  visit(value, {
    Variable: ({ name }) => {
      names.push(name.value);
    },
  });
  return names;
}

/** Lists of at most so many scalars differ by their lengths, and each of their items is a value of its own. */
const MAX_SHORT_LIST = 2;

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** True for a list that is one value, whatever its length. */
const isLongList = (value: readonly unknown[]): boolean => value.length > MAX_SHORT_LIST && value.every(isScalar);

/** Places of the numbers, texts, long lists and wholes in a value. All others are known by being there. */
function leavesOf(value: unknown, place: string, isWhole: (place: string) => boolean): string[] {
  if (value === null || value === undefined || typeof value === 'boolean') return [];
  if (isScalar(value) || (Array.isArray(value) && isLongList(value)) || isWhole(place)) return [place];
  return Object.entries(value as object).flatMap(([name, inner]) => leavesOf(inner, placeIn(place, name), isWhole));
}

const noWholes = (): boolean => false;

const placeIn = (place: string, name: string): string => (place === '' ? name : `${place}.${name}`);

/**
 * The shape of a value: what is there, and the values that `shapes` names. Null for values of users' scalars, which may be
 * anything.
 */
export function shapeText(value: unknown, shapes: ShapeByPlace, place = ''): string | null {
  switch (typeof value) {
    case 'string':
      return chosenText(value, shapes, place) ?? 's';
    case 'number':
      return Number.isFinite(value) ? (chosenText(value, shapes, place) ?? 'n') : null;
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      if (value === null) return '0';
      if (isTakenWhole(value, shapes.get(place))) return chosenText(value, shapes, place)!;
      if (Array.isArray(value))
        return isLongList(value) ? longListText(value, shapes, place) : partsText(value, shapes, place);
      return isPlain(value) ? partsText(value, shapes, place) : null;
    default:
      return null;
  }
}

const isTakenWhole = (value: object, shapeOf: ShapeOf | undefined): boolean =>
  shapeOf !== undefined && shapeOf !== verbatim && !(Array.isArray(value) && isLongList(value));

/** Marked, so that it equals no text of what is merely there: of null, which is `0`, or of an object. */
function chosenText(value: unknown, shapes: ShapeByPlace, place: string): string | undefined {
  const shapeOf = shapes.get(place);
  return shapeOf && `=${shapeOf(value)}`;
}

function longListText(list: readonly unknown[], shapes: ShapeByPlace, place: string): string | null {
  const kinds = new Set(list.map((item) => shapeText(item, NO_SHAPES)));
  if (kinds.has(null)) return null;
  return chosenText(list, shapes, place) ?? `[${[...kinds].sort().join('')}*]`;
}

const NO_SHAPES: ShapeByPlace = new Map();

function partsText(value: object, shapes: ShapeByPlace, place: string): string | null {
  const parts: string[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const text = shapeText(inner, shapes, shapes.size === 0 ? '' : placeIn(place, name));
    if (text === null) return null;
    parts.push(Array.isArray(value) ? text : `${JSON.stringify(name)}:${text}`);
  }
  return Array.isArray(value) ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
