import { type Lookup, lookupsOf } from './lookup.ts';
import type { PlanNode } from './node.ts';
import { tablesOf } from './tables-of.ts';
import { noteUsed, usePeriod } from './used-plans.ts';

/**
 * A plan with its text, and what follows from it alone, each worked out once: plans are made once and run often. Make it
 * with {@link compilePlan}, where the node is made, and hand it on as a whole.
 */
export class CompiledPlan<Node extends PlanNode = PlanNode> {
  readonly node: Node;
  #text: string | undefined;
  #tables: readonly string[] | undefined;
  /** See `usePeriod`. */
  #notedFor = 0;
  readonly #derived = new Map<unknown, { readonly argument: unknown; readonly value: unknown }>();

  readonly #lookedUp = (): readonly Lookup[] => this.derived(lookupsOfPlan, undefined);

  constructor(node: Node, text?: string) {
    this.node = node;
    this.#text = text;
  }

  /** JSON text: what travels, and by which shards know a plan. */
  get text(): string {
    if (this.#notedFor !== usePeriod()) this.#notedFor = noteUsed(this.#lookedUp);
    this.#text ??= JSON.stringify(this.node);
    return this.#text;
  }

  /** Types of all tables whose rows can decide an answer, each once, in order. */
  get tables(): readonly string[] {
    this.#tables ??= [...new Set(tablesOf(this.node))].sort();
    return this.#tables;
  }

  /** What `derive` makes of this plan and the argument, made again only for another argument than the last. */
  derived<Argument, Value>(derive: (plan: this, argument: Argument) => Value, argument: Argument): Value {
    const known = this.#derived.get(derive);
    if (known !== undefined && known.argument === argument) return known.value as Value;
    const value = derive(this, argument);
    this.#derived.set(derive, { argument, value });
    return value;
  }
}

const lookupsOfPlan = ({ node }: CompiledPlan): readonly Lookup[] => lookupsOf(node);

export const compilePlan = <Node extends PlanNode>(node: Node): CompiledPlan<Node> => new CompiledPlan(node);

/** A plan that has come as text. */
export const parsePlan = (text: string): CompiledPlan => new CompiledPlan(JSON.parse(text) as PlanNode, text);
