import { below, pick, type Random } from '../random.ts';
import { jsonOperators } from './generate-json.ts';
import { measure, measured } from './measures.ts';
import { type Input, MEASURES } from './query.ts';
import { type Column, type Entity, entityOf, type Value, type World } from './world.ts';

const COMPARISONS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'];
const TEXT = ['contains', 'startsWith', 'endsWith', 'icontains', 'istartsWith', 'iendsWith', 'ieq'];
const FREE_TEXTS = ['', ' ', 'a', 'É', '%', '\u{1F600}', "'", '\\', 'zz\u0000', 'x'.repeat(60)];

/** Filters over the values that are there, and over some that are not. */
export class WhereGenerator {
  readonly #world: World;
  readonly #random: Random;
  readonly #values = new Map<string, readonly Value[]>();

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** @param depth How many levels of `AND`, `OR`, `NOT` and relations there may be. */
  where(entity: Entity, depth: number): Input {
    const parts = Array.from({ length: pick(this.#random, [0, 1, 1, 1, 2]) }, () => this.#part(entity, depth));
    return Object.assign({}, ...parts);
  }

  /** Conditions on a value, of which `present` are some. */
  operators({ kind, stored }: Pick<Column, 'kind' | 'stored'>, present: readonly Value[]): Input {
    const random = this.#random;
    const value = () => this.#value({ kind, stored }, present);
    if (random() < 0.12) return { isNull: random() < 0.5 };
    if (random() < 0.2) {
      return { [pick(random, ['in', 'notIn'])]: Array.from({ length: below(random, 5) }, value) };
    }
    const isText = kind === 'text' || kind === 'id';
    if (isText && random() < 0.45) {
      if (random() < 0.3) return { [pick(random, ['like', 'ilike'])]: this.#pattern(present) };
      return { [pick(random, TEXT)]: this.#textPart(present) };
    }
    const isOrdered = Object.keys(stored).length === 0 && kind !== 'boolean';
    if (isOrdered && random() < 0.15) return { between: [value(), value()] };
    const first = { [pick(random, isOrdered ? COMPARISONS : ['eq', 'ne'])]: value() };
    return random() < 0.15 ? { ...first, ...this.operators({ kind, stored }, present) } : first;
  }

  present(entity: Entity, column: string): readonly Value[] {
    const key = `${entity.type}.${column}`;
    const all = this.#world.rows[entity.type]!.map((row) => row[column]!);
    const values = this.#values.get(key) ?? [...new Set(all)].filter((value) => value !== null);
    this.#values.set(key, values);
    return values;
  }

  #part(entity: Entity, depth: number): Input {
    const random = this.#random;
    const roll = random();
    const { relations } = entity;
    if (depth > 0 && roll < 0.3 && relations.length > 0) {
      const { name, kind, target } = pick(random, relations);
      const inner = () => this.where(entityOf(this.#world, target), depth - 1);
      if (kind === 'one') return { [name]: inner() };
      const quantifier = () => pick(random, ['some', 'every', 'none']);
      return { [name]: { [quantifier()]: inner(), ...(random() < 0.1 && { [quantifier()]: inner() }) } };
    }
    const aggregated = relations.filter(
      ({ kind, colocated, target }) => kind === 'many' && colocated && entityOf(this.#world, target).counted !== false,
    );
    if (depth > 0 && roll < 0.38 && aggregated.length > 0) {
      const { name, target } = pick(random, aggregated);
      return { [`${name}Aggregate`]: this.#aggregate(entityOf(this.#world, target), depth - 1) };
    }
    if (depth > 0 && roll < 0.55) {
      const list = () => Array.from({ length: below(random, 4) }, () => this.where(entity, depth - 1));
      const operator = pick(random, ['AND', 'OR', 'NOT']);
      return { [operator]: operator === 'NOT' ? this.where(entity, depth - 1) : list() };
    }
    const column = pick(random, entity.columns);
    const present = this.present(entity, column.name);
    const operators = column.kind === 'json' ? jsonOperators(random, present) : this.operators(column, present);
    const condition = { [column.name]: operators };
    // The negation of one condition shows whether null is neither true nor false.
    return random() < 0.15 ? { NOT: condition } : condition;
  }

  #aggregate(target: Entity, depth: number): Input {
    const random = this.#random;
    const where = random() < 0.4 ? { where: this.where(target, depth) } : {};
    const op = pick(random, ['count', 'count', ...MEASURES] as const);
    // Sums of longer numbers are rounded as they are added up.
    const columns = target.columns.filter(
      ({ kind }) => kind !== 'json' && ((op !== 'sum' && op !== 'avg') || kind === 'int' || kind === 'float'),
    );
    if (op === 'count' || columns.length === 0) {
      return { ...where, count: this.operators({ kind: 'int', stored: {} }, [0, 1, 2, 3, 5]) };
    }
    const column = pick(random, columns);
    const some = this.#world.rows[target.type]!.filter(() => random() < 0.05);
    const values = [measure(op, column, some), measure(op, column, some.slice(0, 1))].filter((value) => value !== null);
    return { ...where, [op]: { [column.name]: this.operators(measured(op, column), values) } };
  }

  #value({ kind, stored }: Pick<Column, 'kind' | 'stored'>, present: readonly Value[]): Value {
    const random = this.#random;
    if (kind === 'enum') return pick(random, Object.keys(stored));
    const given = present.filter((value) => isOperand(kind, value));
    if (random() > 0.2 && given.length > 0) return pick(random, given);
    switch (kind) {
      case 'int':
        return below(random, 1000) - 100;
      case 'float':
        return (below(random, 400) - 200) / 4;
      case 'bigInt':
      case 'intId':
        return `${below(random, 60) - 20}`;
      case 'decimal':
        return pick(random, ['0.15', '-1', '3', '0.30', '100000']);
      case 'id':
      case 'text':
        return pick(random, FREE_TEXTS);
      case 'dateTime':
      case 'seconds':
        return pick(random, ['2025-01-02T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.000Z']);
      case 'bytes':
      case 'bytesId':
        return 'AAA=';
      case 'boolean':
        return random() < 0.5;
      default:
        return pick(random, present);
    }
  }

  /** A piece of a text that is there, in some case. */
  #textPart(present: readonly Value[]): string {
    const random = this.#random;
    if (present.length === 0) return 'a';
    const characters = [...String(pick(random, present))];
    const start = below(random, Math.min(8, characters.length + 1));
    const part = characters.slice(start, start + below(random, 8)).join('');
    return pick(random, [part, part, part.toLowerCase(), part.toUpperCase()]);
  }

  #pattern(present: readonly Value[]): string {
    const random = this.#random;
    const [before, after] = [pick(random, ['%', '_', '', '%%', '_%']), pick(random, ['%', '_', '', '\\%', '\\_'])];
    return `${before}${this.#textPart(present)}${after}`;
  }
}

/** Sums may have more bits than operands may have. */
function isOperand(kind: Column['kind'], value: Value): boolean {
  return kind !== 'bigInt' || BigInt.asIntN(64, BigInt(String(value))) === BigInt(String(value));
}
