import type { VariableValues } from '../selection/asked-consistency.ts';
import { type ShapeByPlace, shapeText, verbatim } from './variable-uses.ts';

/** Beyond so many values that decide by more than being there, what is known of an operation is dropped. */
const MAX_SHAPES = 1_000;

/**
 * What is known of how an operation's variables decide its plan. Each plan that is made adds what it has looked at, and
 * nothing is taken back: requests that agree in all of it agree in what the plan was made from.
 */
export class OperationShape {
  readonly #id: number;
  /** Grows with what is known: keys of before are never looked for again. */
  #version = 0;
  #shapesByName = new Map<string, ShapeByPlace>();
  #count = 0;

  constructor(id: number) {
    this.#id = id;
  }

  /** Equal for requests with the same plan, and the same access; null where values cannot be compared by their JSON. */
  keyOf(variables: VariableValues, access: string): string | null {
    let key = `${access} ${this.#id} ${this.#version}`;
    for (const [name, shapes] of this.#shapesByName) {
      // A variable that was left out is not one that is null.
      const text = Object.hasOwn(variables, name) ? shapeText(variables[name], shapes) : '-';
      if (text === null) return null;
      key += `\n${text}`;
    }
    return key;
  }

  /** Adds what the making of a plan has looked at. */
  learn(found: ReadonlyMap<string, ShapeByPlace>): void {
    if (this.#count > MAX_SHAPES) {
      this.#shapesByName = new Map();
      this.#count = 0;
      this.#version++;
    }
    for (const [name, shapes] of found) {
      let known = this.#shapesByName.get(name);
      if (known === undefined) {
        known = new Map();
        this.#shapesByName.set(name, known);
        this.#version++;
      }
      for (const [place, shapeOf] of shapes) this.#add(known, place, shapeOf);
    }
  }

  #add(known: ShapeByPlace, place: string, shapeOf: (value: unknown) => string): void {
    const before = known.get(place);
    if (before === shapeOf || before === verbatim) return;
    known.set(place, before === undefined ? shapeOf : verbatim);
    if (before === undefined) this.#count++;
    this.#version++;
  }
}
