/**
 * Random values of the inputs that a role's schema has, whatever they are: new rows, changes, related rows at any depth, keys of rows
 * that the caller sees and of others.
 */
import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Input } from '../../queries/query.ts';
import type { Entity, Relation, Row, Value } from '../../queries/world.ts';
import { below, pick, type Random } from '../../random.ts';
import { ENTITIES } from '../entities.ts';
import { keyOf, type Place, REFERENCES, type RowPicker } from './row-picker.ts';
import type { NamedRow } from './write.ts';

const DEPTH = 2;

const TYPES = ENTITIES.map(({ type }) => type).sort((a, b) => b.length - a.length);
const INPUT = new RegExp(`^(${TYPES.join('|')})(\\w+)$`);

export class InputGenerator {
  /** Of the last write. */
  names: NamedRow[] = [];
  readonly #random: Random;
  readonly #rows: RowPicker;

  constructor(rows: RowPicker, random: Random) {
    this.#rows = rows;
    this.#random = random;
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  place(spaceId: string): Place {
    return { spaceId, depth: 0, parent: null, relation: null, supplied: {} };
  }

  /** A value for an input of these; its name says what it is. @throws for one that nobody has thought of */
  value(type: GraphQLInputType, place: Place): unknown {
    const inner = getNullableType(type);
    if (isListType(inner)) return this.list(inner.ofType, place, 2);
    return this.#object(getNamedType(inner), place);
  }

  list(type: GraphQLInputType, place: Place, most: number): unknown[] {
    return Array.from({ length: 1 + below(this.#random, most) }, () => this.value(type, place));
  }

  #object(named: GraphQLNamedInputType, place: Place): unknown {
    const [, type, suffix] = INPUT.exec(named.name) ?? [];
    if (!isInputObjectType(named) || type === undefined)
      throw new Error(`Expected an input of a table, but got ${named.name}.`);
    const fields = named.getFields();
    const entity = this.#rows.entity(type);
    switch (suffix) {
      case 'CreateInput':
      case 'PartialCreateInput':
      case 'UpsertInput':
        return this.newRow(entity, named, place);
      case 'UpdateInput':
        return this.changes(entity, named, place);
      case 'Key':
        return this.key(entity, named, this.#rows.relatedRow(entity, place), 'find', place);
      case 'ToOneCreateInput':
      case 'ToOneUpdateInput': {
        const field = pick(this.#random, this.#verbs(fields, place));
        return { [field.name]: this.#field(field, place) };
      }
      case 'ToManyCreateInput':
      case 'ToManyUpdateInput': {
        const verbs = this.#verbs(fields, place);
        const chosen = verbs.filter(() => this.#chance(0.3));
        const some = chosen.length > 0 ? chosen : [pick(this.#random, verbs)];
        return Object.fromEntries(some.map((field) => [field.name, this.#field(field, place)]));
      }
      case 'ConnectOrCreateInput':
      case 'UpsertOneInput': {
        const row = this.#chance(0.4) ? this.#rows.newKey(entity, place.spaceId) : this.#rows.relatedRow(entity, place);
        return this.namedOrNew(entity, fields, row, place);
      }
      case 'UpdateOneInput': {
        const row = this.#rows.relatedRow(entity, place);
        return this.#namedRow(entity, fields, row, ['data'], { ...place, parent: row });
      }
      case 'DeleteOneInput':
        return this.#namedRow(entity, fields, this.#rows.relatedRow(entity, place), [], place);
      case 'UpdateRelatedInput':
      case 'UpsertRelatedInput': {
        const parent =
          place.parent && place.relation ? (this.#rows.related(place.parent, place.relation)[0] ?? null) : null;
        const given = ['create', 'update', 'data'].filter((name) => name in fields);
        return Object.fromEntries(
          given.map((name) => [
            name,
            this.#field(fields[name]!, { ...place, parent: name === 'create' ? null : parent }),
          ]),
        );
      }
      default:
        throw new Error(`Expected an input that is known, but got ${named.name}.`);
    }
  }

  /** Most of the time without those that are refused whatever rows there are: their columns cannot be null. */
  #verbs(fields: Readonly<Record<string, GraphQLInputField>>, { relation }: Place): GraphQLInputField[] {
    const all = Object.values(fields);
    const holder = relation?.kind === 'one' ? null : this.#rows.entity(relation!.target);
    const isFree = (name: string) =>
      holder === null || (holder.columns.find((column) => column.name === name)?.nullable ?? true);
    const names = relation!.on.map(([, to]) => to).filter((name) => name !== 'spaceId');
    const canBeFree = relation!.through !== null || (names.length > 0 && names.every(isFree));
    const able = all.filter(({ name }) => canBeFree || (name !== 'disconnect' && name !== 'set'));
    return able.length > 0 && this.#chance(0.95) ? able : all;
  }

  #field(field: GraphQLInputField, place: Place): unknown {
    return getNamedType(field.type).name === 'Boolean' ? true : this.value(field.type, place);
  }

  /** `by` and what is done with the row. */
  #namedRow(
    entity: Entity,
    fields: Readonly<Record<string, GraphQLInputField>>,
    row: Row,
    names: readonly string[],
    place: Place,
  ): Input {
    const given = names.filter((name) => name in fields);
    return {
      by: this.key(entity, fields.by!.type as GraphQLInputObjectType, row, 'find', place),
      ...Object.fromEntries(given.map((name) => [name, this.#field(fields[name]!, place)])),
    };
  }

  /** `by` with `create`, and `update` if there is one. */
  namedOrNew(
    entity: Entity,
    fields: Readonly<Record<string, { readonly type: GraphQLInputType }>>,
    row: Row,
    place: Place,
  ): Input {
    const by = this.key(entity, fields.by!.type, row, 'make', place);
    const named = Object.entries(by).map(([name, value]) =>
      typeof value === 'object' && value !== null ? value : { [name]: value },
    );
    const supplied = Object.assign({}, place.supplied, ...named);
    const create = this.value(fields.create!.type, { ...place, parent: null, supplied });
    if (!('update' in fields)) return { by, create };
    return { by, create, update: this.value(fields.update!.type, { ...place, parent: row, supplied: {} }) };
  }

  key(entity: Entity, type: GraphQLInputType, row: Row, purpose: 'find' | 'make', { spaceId }: Place): Input {
    const whole = keyOf(entity.type, row);
    // The row of that name in the space where it is looked for.
    const key = 'spaceId' in whole ? { ...whole, spaceId } : whole;
    this.names.push({ type: entity.type, key, for: purpose });
    const fields = (getNamedType(type) as GraphQLInputObjectType).getFields();
    const all = Object.values(fields).filter((field) =>
      keyColumns(field).every((name) => row[name] !== null && row[name] !== undefined),
    );
    const unique = all.filter((field) => keyColumns(field).some((name) => !entity.primaryKey.includes(name)));
    const primary = all.find((field) => !unique.includes(field))!;
    // Upserts by another key may create a row beside the one that is named.
    const field = purpose === 'find' && unique.length > 0 && this.#chance(0.2) ? pick(this.#random, unique) : primary;
    const names = keyColumns(field);
    const values = Object.fromEntries(names.map((name) => [name, row[name]]));
    return { [field.name]: names.length > 1 ? values : values[names[0]!] };
  }

  newRow(entity: Entity, input: GraphQLInputObjectType, place: Place): Input {
    const { type, columns, relations } = entity;
    const fields = Object.values(input.getFields());
    const related = this.#relatedOf(fields, relations, { ...place, parent: null });
    // A relation gives the columns that lead to its row.
    const led = Object.keys(related).flatMap((name) => this.#columnsGiven(relations.find((one) => one.name === name)!));
    const { supplied } = place;
    const given = fields.filter(
      ({ name, type: of }) =>
        columns.some((column) => column.name === name) &&
        (isNonNullType(of) ||
          (!led.includes(name) && !(name in supplied) && (isNeeded(entity, name) || this.#chance(0.6)))),
    );
    const values: Record<string, unknown> = Object.fromEntries(
      given.map(({ name }) => [name, supplied[name] ?? this.#rows.newValue(type, name, place.spaceId)]),
    );
    // Rows that are there already.
    const isTaken = Object.keys(supplied).length === 0 && this.#chance(0.08);
    const own: Row = isTaken ? keyOf(type, this.#rows.row(entity, place.spaceId, false)) : {};
    for (const [name, value] of Object.entries(own)) if (name in values && name !== 'spaceId') values[name] = value;
    this.#refer(type, values, place);
    const key = keyOf(type, { spaceId: place.spaceId, ...values } as Row);
    if (!Object.values(key).includes(undefined as never)) this.names.push({ type, key, for: 'make' });
    return { ...values, ...related };
  }

  changes(entity: Entity, input: GraphQLInputObjectType, place: Place): Input {
    const { type, columns, relations, primaryKey } = entity;
    const fields = Object.values(input.getFields());
    const related = this.#relatedOf(fields, relations, place);
    const led = Object.keys(related).flatMap((name) => this.#columnsGiven(relations.find((one) => one.name === name)!));
    const able = fields.filter(
      ({ name }) => columns.some((column) => column.name === name) && !primaryKey.includes(name) && !led.includes(name),
    );
    const chosen = able.filter(() => this.#chance(0.35));
    const isEmpty = chosen.length === 0 && Object.keys(related).length === 0 && able.length > 0;
    const given = isEmpty ? [pick(this.#random, able)] : chosen;
    const values = Object.fromEntries(given.map(({ name }) => [name, this.#rows.newValue(type, name, place.spaceId)]));
    this.#refer(type, values, place);
    return { ...values, ...related };
  }

  /** A change in place of one column that is not changed otherwise; none, if there is none. */
  atomic(entity: Entity, input: GraphQLInputType, changed: Input, place: Place): Input {
    const fields = Object.values((getNamedType(input) as GraphQLInputObjectType).getFields());
    const able = fields.filter(({ name }) => !(name in changed) && !entity.primaryKey.includes(name));
    if (able.length === 0) return {};
    const { name, type } = pick(this.#random, able);
    const { kind } = entity.columns.find((column) => column.name === name)!;
    const isSet = this.#chance(0.5) || !(kind === 'text' || kind === 'int');
    const value = isSet ? this.#rows.newValue(entity.type, name, place.spaceId) : kind === 'text' ? '!' : 1;
    const operator = isSet ? 'setIfNull' : kind === 'text' ? 'append' : 'increment';
    if (value === null || !(operator in (getNamedType(type) as GraphQLInputObjectType).getFields())) return {};
    if (isSet) this.#refer(entity.type, { [name]: value }, place);
    return { [name]: { [operator]: value } };
  }

  #relatedOf(fields: readonly GraphQLInputField[], relations: readonly Relation[], place: Place): Input {
    if (place.depth >= DEPTH) return {};
    const chosen = fields.flatMap((field) =>
      relations
        .filter(({ name }) => name === field.name && this.#chance(0.15))
        .map((relation) => [field, relation] as const),
    );
    return Object.fromEntries(
      chosen.map(([field, relation]) => {
        const led =
          relation.kind === 'many' && relation.through === null ? relation.on.map(([, to]) => to) : ['spaceId'];
        const supplied = Object.fromEntries(led.map((name) => [name, undefined]));
        return [field.name, this.value(field.type, { ...place, depth: place.depth + 1, relation, supplied })];
      }),
    );
  }

  #columnsGiven({ kind, on }: Relation): string[] {
    return kind === 'one' ? on.map(([from]) => from).filter((name) => name !== 'spaceId') : [];
  }

  #refer(type: string, values: Readonly<Record<string, unknown>>, { spaceId }: Place): void {
    for (const [name, value] of Object.entries(values)) {
      // People live elsewhere: nothing holds these columns to rows that are there.
      const target = type === 'Share' && name === 'docId' ? undefined : REFERENCES[name];
      if (value === null || target === undefined || target === 'Person') continue;
      const space = typeof values.spaceId === 'string' ? values.spaceId : spaceId;
      this.names.push({ type: target, key: { spaceId: space, id: value as Value }, for: 'refer' });
    }
  }
}

const keyColumns = ({ name, type }: GraphQLInputField): string[] => {
  const named = getNamedType(type);
  return isInputObjectType(named) ? Object.keys(named.getFields()) : [name];
};

/** Left out, a new row is refused. */
const isNeeded = ({ columns, primaryKey }: Entity, name: string): boolean =>
  primaryKey.includes(name) || !columns.find((column) => column.name === name)!.nullable;
