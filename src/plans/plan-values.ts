import type { PlanValue, ValueRef } from '../shards/plan/value.ts';
import type { RequestValues, ValueOrigin } from './memory/value-origin.ts';
import type { ShapeOf } from './memory/variable-uses.ts';

/** Where a value of a plan comes from at each request. */
interface Binding {
  readonly ref: ValueRef;
  readonly origin: ValueOrigin;
  readonly toValue: (given: unknown) => PlanValue;
}

/** Arguments, or whatever else values of plans come from. */
export interface ValueSource {
  /**
   * Declares that planning passes on the value at a path, and that only what `shapeOf` gives of it decides the shape of the
   * plan. Returns its origin; null: it is the same for all requests.
   */
  take(path: string, given: unknown, shapeOf?: ShapeOf | null): ValueOrigin | null;
}

/** An argument, or a part of one, that becomes a value of the plan. */
export interface ArgumentPart {
  readonly args: ValueSource;
  /** Its place in the arguments: `where.status.eq`. */
  readonly path: string;
  readonly given: unknown;
}

/** The values that a plan numbers, while it is made; and how those of other requests are put in their places. */
export class PlanValues {
  readonly #values: PlanValue[] = [];
  readonly #bindings: Binding[] = [];

  /** A value that is the same for all requests, or is put there before the plan runs. */
  add(value: PlanValue): ValueRef {
    return this.#values.push(value) - 1;
  }

  /**
   * @param toValue is asked again at each request that uses the plan. It fails for what plan making would fail for.
   * @param shapeOf what of the given value decides the shape of the plan.
   */
  addPart(
    { args, path, given }: ArgumentPart,
    toValue: (given: unknown) => PlanValue,
    shapeOf: ShapeOf | null = null,
  ): ValueRef {
    const ref = this.add(toValue(given));
    const origin = args.take(path, given, shapeOf);
    if (origin !== null) this.#bindings.push({ ref, origin, toValue });
    return ref;
  }

  get length(): number {
    return this.#values.length;
  }

  /** Forgets the values from this number on. */
  truncate(length: number): void {
    this.#values.length = length;
    const kept = this.#bindings.filter(({ ref }) => ref < length);
    this.#bindings.splice(0, this.#bindings.length, ...kept);
  }

  /** True if some of the values differ from request to request. */
  get isBound(): boolean {
    return this.#bindings.length > 0;
  }

  /** Those of the request that the plan was made for. */
  get ofMaking(): readonly PlanValue[] {
    return this.#values;
  }

  /** Forgets what belongs to the request that the plan was made for. */
  release(): void {
    for (const { ref } of this.#bindings) this.#values[ref] = null;
  }

  /**
   * Those of another request.
   *
   * @throws ShardQLError BAD_USER_INPUT where a value is wrong.
   */
  bind(request: RequestValues): PlanValue[] {
    const values = [...this.#values];
    for (const { ref, origin, toValue } of this.#bindings) values[ref] = toValue(origin(request));
    return values;
  }
}
