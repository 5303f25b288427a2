import type { ColumnModel } from '../../../src/model/types.ts';

type Constant = string | number | boolean;

/** Of these, equal values are written alike, so that different ones are different. */
const PLAIN_SCALARS: ReadonlySet<string> = new Set(['String', 'Enum', 'Boolean', 'Int']);

/** Operators that no NULL fits. */
const OF_VALUES: ReadonlySet<string> = new Set(['eq', 'in', 'gt', 'gte', 'lt', 'lte', 'between']);

/** What the conditions on a column, all of which have to hold, leave of its values. Only constants count: claims may be anything. */
export class ColumnFacts {
  readonly #column: ColumnModel;
  /** Null: any. */
  #allowed: readonly Constant[] | null = null;
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  #mustBeNull = false;
  #mustBeValue = false;

  constructor(column: ColumnModel) {
    this.#column = column;
    this.#mustBeValue = column.notNull;
  }

  copy(): ColumnFacts {
    const copy = new ColumnFacts(this.#column);
    copy.#allowed = this.#allowed;
    [copy.#low, copy.#high] = [this.#low, this.#high];
    [copy.#mustBeNull, copy.#mustBeValue] = [this.#mustBeNull, this.#mustBeValue];
    return copy;
  }

  /** @param condition operators with their operands, as in a `where`. */
  add(condition: Readonly<Record<string, unknown>>): void {
    for (const [operator, operand] of Object.entries(condition)) {
      if (operator === 'isNull') this.#addNull(operand === true);
      if (OF_VALUES.has(operator)) this.#mustBeValue = true;
      if (PLAIN_SCALARS.has(this.#column.scalar)) this.#addComparison(operator, operand);
    }
  }

  get areContradictory(): boolean {
    if (this.#mustBeNull && this.#mustBeValue) return true;
    if (this.#low > this.#high) return true;
    return this.#allowed !== null && !this.#allowed.some((value) => this.#isInRange(value));
  }

  #addNull(isNull: boolean): void {
    if (isNull) this.#mustBeNull = true;
    else this.#mustBeValue = true;
  }

  #addComparison(operator: string, operand: unknown): void {
    switch (operator) {
      case 'eq':
        if (isConstant(operand)) this.#allow((value) => value === operand, [operand]);
        break;
      case 'in':
        if (Array.isArray(operand) && operand.every(isConstant)) {
          this.#allow((value) => operand.includes(value), operand);
        }
        break;
      case 'gt':
      case 'gte':
        if (typeof operand === 'number') this.#low = Math.max(this.#low, operator === 'gt' ? operand + 1 : operand);
        break;
      case 'lt':
      case 'lte':
        if (typeof operand === 'number') this.#high = Math.min(this.#high, operator === 'lt' ? operand - 1 : operand);
        break;
    }
  }

  #allow(isAllowed: (value: Constant) => boolean, values: readonly Constant[]): void {
    this.#allowed = this.#allowed === null ? values : this.#allowed.filter(isAllowed);
  }

  /** Only whole numbers have ranges here. */
  #isInRange(value: Constant): boolean {
    return typeof value !== 'number' || (value >= this.#low && value <= this.#high);
  }
}

const isConstant = (value: unknown): value is Constant =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
