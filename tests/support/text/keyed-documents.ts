/** Random queries of rows under one shard key, most of which a shard can write as text: lists and rows with what is related to them. */
import type { Asked } from '../fuzz/random-documents.ts';
import type { Entity, Kind, Row, World } from '../queries/world.ts';
import { below, pick, type Random } from '../random.ts';

/** Of what only code can show there is some, too. */
const WRITTEN: ReadonlySet<Kind> = new Set(['id', 'intId', 'text', 'enum', 'int', 'boolean', 'dateTime', 'bigInt']);
const MAX_LEVELS = 3;

export function keyedDocument({ entities, rows }: World, random: Random): Asked {
  const entity = pick(
    random,
    entities.filter(({ type }) => rows[type]!.length > 0),
  );
  const row = pick(random, rows[entity.type]!);
  const written = random() < 0.9;
  const select: Select = { entities, random, written };
  const fields = Array.from({ length: 1 + below(random, 2) }, (_, at) => `f${at}: ${rootField(entity, row, select)}`);
  return { query: `query @consistency(mode: STRONG) { ${fields.join(' ')} }`, variables: {} };
}

interface Select {
  readonly entities: readonly Entity[];
  readonly random: Random;
  /** Columns that only code can show are left out. */
  readonly written: boolean;
}

function rootField(entity: Entity, row: Row, select: Select): string {
  const { primaryKey, shardKey, type, list } = entity;
  const key = primaryKey.filter((name) => name !== shardKey);
  const shard = `shardKey: ${JSON.stringify(row[shardKey])}`;
  if (key.length === 1 && select.random() < 0.3) {
    const name = type[0]!.toLowerCase() + type.slice(1);
    return `${name}(by: { ${key[0]}: ${JSON.stringify(row[key[0]!])} }, ${shard}) ${selection(entity, select, 1)}`;
  }
  if (shardKey === 'id') {
    const name = type[0]!.toLowerCase() + type.slice(1);
    return `${name}(by: { id: ${JSON.stringify(row[shardKey])} }) ${selection(entity, select, 1)}`;
  }
  return `${list}(${[shard, ...pageArguments(entity, select)].join(', ')}) ${page(entity, select, 1, true)}`;
}

function pageArguments(entity: Entity, { random }: Select): string[] {
  const columns = entity.columns.filter(({ kind }) => WRITTEN.has(kind));
  const order = Array.from({ length: below(random, 3) }, () => pick(random, columns).name);
  return [
    ...(random() < 0.8 ? [`${random() < 0.1 ? 'last' : 'first'}: ${below(random, 6)}`] : []),
    ...(order.length === 0
      ? []
      : [
          `orderBy: [${[...new Set(order)].map((name) => `{ ${name}: ${pick(random, ['ASC', 'DESC'])} }`).join(', ')}]`,
        ]),
  ];
}

/** @param isRoot pages within rows have nothing but rows, mostly. */
function page(entity: Entity, select: Select, level: number, isRoot: boolean): string {
  const { random } = select;
  const rows =
    random() < 0.7
      ? `nodes ${selection(entity, select, level)}`
      : `edges { ${random() < 0.5 ? 'cursor ' : ''}${random() < 0.3 ? '__typename ' : ''}node ${selection(entity, select, level)} }`;
  const parts = [
    ...(random() < 0.2 ? ['__typename'] : []),
    ...(isRoot && random() < 0.3 ? ['totalCount'] : []),
    rows,
    ...(isRoot && random() < 0.3 ? [`pageInfo { ${pick(random, ['hasNextPage', 'startCursor endCursor'])} }`] : []),
  ];
  return `{ ${random() < 0.5 ? parts.join(' ') : parts.reverse().join(' ')} }`;
}

function selection(entity: Entity, select: Select, level: number): string {
  const { random, written, entities } = select;
  const fields: string[] = [];
  const columns = entity.columns.filter(({ kind, generated }) => !written || (WRITTEN.has(kind) && !generated));
  for (let count = 1 + below(random, 5); count > 0; count--) fields.push(pick(random, columns).name);
  if (random() < 0.2) fields.push('nodeId');
  if (random() < 0.2) fields.push('__typename');
  const relations = entity.relations.filter(({ colocated, through }) => colocated && (!written || through === null));
  if (level < MAX_LEVELS && relations.length > 0) {
    for (let count = below(random, 3); count > 0; count--) {
      const { name, kind, target } = pick(random, relations);
      const related = entities.find(({ type }) => type === target)!;
      const inner =
        kind === 'one'
          ? ` ${selection(related, select, level + 1)}`
          : `(${['first: 3', ...pageArguments(related, select).slice(1)].join(', ')}) ${page(related, select, level + 1, false)}`;
      fields.push(`r${level}${count}: ${name}${inner}`);
    }
  }
  return `{ ${fields.map((field, at) => (random() < 0.2 && !field.includes(':') ? `a${at}: ${field}` : field)).join(' ')} }`;
}
