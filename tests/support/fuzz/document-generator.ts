/** Documents made from a schema's grammar: valid in shape, mostly sensible in values, sometimes not. */
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { below, pick, type Random } from '../random.ts';
import { wildNumber, wildText, wildValue } from './wild-values.ts';

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Things that clients get from us and give back. */
export interface Tokens {
  readonly cursors: readonly string[];
  readonly nodeIds: readonly string[];
  readonly versions: readonly string[];
  readonly ids: readonly string[];
}

const MAX_DEPTH = 6;
const MODES = ['STRONG', 'BOUNDED', 'SESSION', 'CACHED', 'WRONG'];

export class DocumentGenerator {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #tokens: () => Tokens;
  #declarations: string[] = [];
  #variables: Record<string, unknown> = {};
  #fragments: string[] = [];
  #aliases = 0;
  /** How often a value is not what its type says. */
  #wildness = 0;

  constructor(schema: GraphQLSchema, random: Random, tokens: () => Tokens) {
    this.#schema = schema;
    this.#random = random;
    this.#tokens = tokens;
  }

  operation(): Operation {
    this.#declarations = [];
    this.#variables = {};
    this.#fragments = [];
    this.#wildness = pick(this.#random, [0, 0, 0, 0.03, 0.2]);
    const kind = this.#chance(0.15) ? 'mutation' : 'query';
    const root = kind === 'query' ? this.#schema.getQueryType()! : this.#schema.getMutationType()!;
    const body = this.#selection(root, 0, 1 + below(this.#random, 3));
    const declared = this.#declarations.length > 0 ? `(${this.#declarations.join(', ')})` : '';
    return {
      query: [`${kind} Fuzz${declared}${this.#consistency(0.1)} ${body}`, ...this.#fragments].join('\n'),
      variables: this.#variables,
    };
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  #selection(type: GraphQLNamedType, depth: number, size = 1 + below(this.#random, 4)): string {
    if (isAbstractType(type)) {
      const parts = this.#schema
        .getPossibleTypes(type)
        .filter(() => this.#chance(0.4))
        .map((possible) => `... on ${possible.name} ${this.#selection(possible, depth + 1)}`);
      return `{ __typename nodeId ${parts.join(' ')} }`;
    }
    const fields = Object.values((type as GraphQLObjectType).getFields());
    const usable = depth < MAX_DEPTH ? fields : fields.filter((field) => isLeafType(getNamedType(field.type)));
    const parts = Array.from({ length: size }, () => {
      if (usable.length === 0 || this.#chance(0.05)) return '__typename';
      const field = pick(this.#random, usable);
      const named = getNamedType(field.type);
      // Mostly each of its own: fields of one name with other arguments are a conflict.
      const alias = this.#chance(0.95) ? `a${this.#aliases++}: ` : '';
      const inner = isLeafType(named) ? '' : ` ${this.#selection(named, depth + 1)}`;
      const text = `${alias}${field.name}${this.#arguments(field.args)}${this.#directives()}${inner}`;
      return this.#spread(type.name, text);
    });
    return `{ ${parts.join(' ')} }`;
  }

  #spread(type: string, field: string): string {
    if (this.#chance(0.9)) return field;
    if (this.#chance(0.5)) return `...${this.#chance(0.5) ? ` on ${type}` : ''}${this.#directives()} { ${field} }`;
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${type} { ${field} }`);
    return `...${name}${this.#directives()}`;
  }

  #directives(): string {
    if (this.#chance(0.92)) return '';
    if (this.#chance(0.5)) return this.#consistency(1);
    return ` @${pick(this.#random, ['skip', 'include'])}(if: ${this.#chance(0.5)})`;
  }

  #consistency(part: number): string {
    if (!this.#chance(part)) return '';
    const staleness = this.#chance(0.4) ? `, maxStalenessMs: ${pick(this.#random, [0, 1, 100, 3_600_000, 3_600_001, -1])}` : ''; // biome-ignore format: one line
    return ` @consistency(mode: ${pick(this.#random, MODES)}${staleness})`;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => isNonNullType(arg.type) || this.#chance(0.25));
    const printed = given
      .filter(() => !this.#chance(this.#wildness / 4))
      .map((arg) => {
        const value = this.#value(arg.type, arg.name, 4);
        if (this.#chance(0.4)) return `${arg.name}: ${literal(value)}`;
        const name = `v${this.#declarations.length}`;
        this.#declarations.push(`$${name}: ${arg.type}`);
        if (!this.#chance(this.#wildness / 4)) this.#variables[name] = plain(value);
        return `${arg.name}: $${name}`;
      });
    return printed.length > 0 ? `(${printed.join(', ')})` : '';
  }

  #value(type: GraphQLInputType, name: string, depth: number): unknown {
    if (this.#chance(this.#wildness)) return wildValue(this.#random);
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const length = pick(this.#random, [0, 1, 1, 2, 2, 3]);
      return Array.from({ length }, () => this.#value(nullable.ofType, name, depth - 1));
    }
    if (isEnumType(nullable)) return new Word(pick(this.#random, nullable.getValues()).name);
    if (isInputObjectType(nullable)) {
      const fields = Object.values(nullable.getFields());
      const required = fields.filter((field) => isNonNullType(field.type));
      const count = nullable.isOneOf ? 1 : depth > 0 ? below(this.#random, 3) : 0;
      const optional = Array.from({ length: count }, () => pick(this.#random, fields));
      const given = nullable.isOneOf ? optional : [...new Set([...required, ...optional])];
      const all = name === 'data' ? fields : given;
      return Object.fromEntries(all.map((field) => [field.name, this.#value(field.type, field.name, depth - 1)]));
    }
    return this.#scalar((nullable as GraphQLNamedType).name, name);
  }

  #scalar(type: string, name: string): unknown {
    const random = this.#random;
    const { cursors, nodeIds, versions, ids } = this.#tokens();
    if (name === 'after' || name === 'before') return this.#damaged(cursors);
    if (name === 'nodeId' || name === 'nodeIds') return this.#damaged(nodeIds);
    if (type === 'Version') return this.#damaged(versions);
    switch (type) {
      case 'ID':
        return this.#chance(0.8) && ids.length > 0 ? pick(random, ids) : wildText(random);
      case 'Int':
        return this.#chance(0.7) ? below(random, 30) : wildNumber(random);
      case 'Float':
        return this.#chance(0.7) ? below(random, 300) / 4 : wildNumber(random);
      case 'Boolean':
        return this.#chance(0.5);
      case 'DateTime':
        return this.#chance(0.8) ? new Date(Date.UTC(2026, below(random, 12), 1)).toISOString() : wildText(random);
      case 'BigInt':
      case 'Decimal':
        return this.#chance(0.8) ? `${below(random, 100)}` : wildText(random);
      case 'JSON':
        return wildValue(random);
      default:
        return this.#chance(0.5) ? pick(random, ['a', 'e', 'paid', 'Shop', 'mug']) : wildText(random);
    }
  }

  /** A token as it was given out, or cut, swapped, repeated or changed. */
  #damaged(tokens: readonly string[]): string {
    const random = this.#random;
    if (tokens.length === 0) return wildText(random);
    const token = pick(random, tokens);
    const at = below(random, token.length + 1);
    return pick(random, [
      token,
      token,
      token,
      token.slice(0, at),
      token.slice(at) + token.slice(0, at),
      token.slice(0, at) + pick(random, ['A', '_', '-', '=', '\u{1F600}']) + token.slice(at + 1),
      token + token,
    ]);
  }
}

/** Stands without quotes in a document. */
class Word {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function literal(value: unknown): string {
  if (value instanceof Word) return value.text;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, item]) => `${name}: ${literal(item)}`)
      .join(', ')} }`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** As JSON. */
function plain(value: unknown): unknown {
  if (value instanceof Word) return value.text;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
