import { type FieldNode, type GraphQLField, getArgumentValues } from 'graphql';
import { originOf, usesIn, type ValueOrigin, type VariableUse } from '../memory/value-origin.ts';
import { type ArgumentUses, type ShapeOf, type VariableUses, verbatim } from '../memory/variable-uses.ts';
import type { ValueSource } from '../plan-values.ts';
import type { VariableValues } from './asked-consistency.ts';

/**
 * The coerced arguments of a field, and where in the variables their values come from. Planning declares which of them it only
 * passes on ({@link take}); all others decide the shape of the plan.
 */
export class FieldArguments implements ArgumentUses, ValueSource {
  readonly values: Readonly<Record<string, unknown>>;
  readonly #node: Pick<FieldNode, 'arguments'>;
  readonly #variables: VariableValues;
  /** By path; null: the value itself does not matter. */
  readonly #taken = new Map<string, ShapeOf | null>();
  readonly #wholes = new Map<string, ShapeOf>();

  private constructor(
    values: Readonly<Record<string, unknown>>,
    node: Pick<FieldNode, 'arguments'>,
    variables: VariableValues,
  ) {
    this.values = values;
    this.#node = node;
    this.#variables = variables;
  }

  /** @throws GraphQLError for values that the field does not take. */
  static ofDocument(
    field: GraphQLField<unknown, unknown>,
    node: FieldNode,
    variables: VariableValues,
    uses: VariableUses,
  ): FieldArguments {
    const args = new FieldArguments(getArgumentValues(field, node, variables), node, variables);
    uses.ofArguments(args);
    return args;
  }

  /** Arguments that users' code gives: the same as long as the plan is used. */
  static ofCode(values: Readonly<Record<string, unknown>>): FieldArguments {
    return new FieldArguments(values, {}, {});
  }

  take(path: string, value: unknown, shapeOf: ShapeOf | null = null): ValueOrigin | null {
    this.#taken.set(path, shapeOf);
    return originOf(this.#node.arguments ?? [], path, value, this.#variables);
  }

  /** Declares that of the object or list at a path only what `shapeOf` gives of it decides the shape of the plan. */
  takeWhole(path: string, shapeOf: ShapeOf): void {
    this.#wholes.set(path, shapeOf);
  }

  /** The variables among the arguments. */
  get uses(): readonly VariableUse[] {
    return usesIn(this.#node.arguments ?? []);
  }

  /** What of the value at a path decides the shape of the plan; null: nothing, it is only taken. */
  shapeAt(path: string): ShapeOf | null {
    for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
      const shape = this.#taken.get(path.slice(0, end));
      if (shape !== undefined) return shape;
    }
    return verbatim;
  }

  /** What decides of an object or list at a path, if it was taken as a whole. */
  shapeOfWhole(path: string): ShapeOf | undefined {
    return this.#wholes.get(path);
  }
}
