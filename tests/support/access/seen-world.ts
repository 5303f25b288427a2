/** The part of a world that a caller may see: rows that the rules hold for, columns and relations that the role has. */
import type { Input } from '../queries/query.ts';
import { RelatedRows } from '../queries/related.ts';
import { Filter } from '../queries/where.ts';
import { type Entity, entityOf, type Row, type World } from '../queries/world.ts';
import { type Claims, ROLES, type Viewer } from './roles.ts';

/** Values of the column that the claim is compared with. */
const STATES = ['DRAFT', 'IN_REVIEW', 'PUBLISHED'];

class MissingClaim extends Error {}

/** Throws for claims that the caller lacks, or that are no value of a column. */
const strict = (claims: Claims): Claims =>
  new Proxy(claims, {
    get: (given, name) => {
      const value = typeof name === 'string' && Object.hasOwn(given, name) ? given[name] : undefined;
      const isList = name === 'spaces' || name === 'states';
      if (value === undefined || value === null || isList !== Array.isArray(value)) throw new MissingClaim();
      const each: readonly unknown[] = isList ? (value as unknown[]) : [value];
      // One that is no value makes the whole list none.
      if (each.some((one) => typeof one === 'object')) throw new MissingClaim();
      if (name === 'states' && !each.every((one) => STATES.includes(String(one)))) throw new MissingClaim();
      return value;
    },
  });

/** What of a world a caller sees: a world of its own. */
export function seenWorld(world: World, { role, claims }: Viewer): World {
  const view = ROLES[role]!;
  const filter = new Filter(world, new RelatedRows(world));
  const shown = world.entities.filter(({ type }) => view[type] !== undefined);
  const columnsOf = (entity: Entity): ReadonlySet<string> => {
    const { columns, hidden = '' } = view[entity.type]!;
    const hides = hidden.split(' ');
    const names = columns?.split(' ') ?? entity.columns.map(({ name }) => name).filter((name) => !hides.includes(name));
    return new Set([...entity.primaryKey, ...names]);
  };
  const hasAll = (type: string, names: readonly string[]): boolean =>
    view[type] !== undefined && names.every((name) => columnsOf(entityOf(world, type)).has(name));
  const entities = shown.map((entity): Entity => {
    const { counted, maxPage } = view[entity.type]!;
    const columns = columnsOf(entity);
    return {
      ...entity,
      columns: entity.columns.filter(({ name }) => columns.has(name)),
      relations: entity.relations.filter(({ target, on, through }) => {
        const [near, far] = [on.map(([from]) => from), on.map(([, to]) => to)];
        if (!hasAll(entity.type, near)) return false;
        if (through === null) return hasAll(target, far);
        const [from, to] = [through.on.map(([name]) => name), through.on.map(([, name]) => name)];
        return hasAll(through.type, [...far, ...from]) && hasAll(target, to);
      }),
      ...(counted === false && { counted }),
      ...(maxPage !== undefined && { maxPage }),
    };
  });
  const seenRows = (rows: World['rows'] = {}): World['rows'] =>
    Object.fromEntries(
      shown.map((entity) => {
        const where = ruleFor(view[entity.type]!.rows, { role, claims });
        const columns = columnsOf(entity);
        const own = rows[entity.type] ?? [];
        const kept = where === null ? own : own.filter((row) => where && filter.matches(entity, row, where) === true);
        return [entity.type, kept.map((row) => withColumns(row, columns))];
      }),
    );
  return { name: world.name, entities, rows: seenRows(world.rows), deleted: seenRows(world.deleted) };
}

const withColumns = (row: Row, columns: ReadonlySet<string>): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => columns.has(name)));

/** A rule with the claims of a caller. Null: each row passes; false: none does. */
export function ruleFor(rule: (claims: Claims) => Input | null, { claims }: Viewer): Input | null | false {
  try {
    return rule(strict(claims));
  } catch (error) {
    if (error instanceof MissingClaim) return false;
    throw error;
  }
}
