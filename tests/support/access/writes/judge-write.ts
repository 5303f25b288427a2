/** Whether a caller may make of the rows before a write those after it: what differs is held to the rules, row by row. */
import type { Input } from '../../queries/query.ts';
import { RelatedRows } from '../../queries/related.ts';
import { Filter } from '../../queries/where.ts';
import { entityOf, type Row, rowsOf, type World } from '../../queries/world.ts';
import { ENTITIES } from '../entities.ts';
import type { Viewer } from '../roles.ts';
import { ROLES } from '../roles.ts';
import { type AllRows, accessWorld } from '../rows.ts';
import { ruleFor } from '../seen-world.ts';
import { writtenColumns } from '../write-rights.ts';
import { keyOf } from './row-picker.ts';
import { type RowView, WRITE_VIEWS } from './write-views.ts';

const MOMENTS: Readonly<Record<string, string>> = { Doc: 'deletedAt', Person: 'leftAt' };
/** What columns have that nobody gives; the others have null. */
const DEFAULTS: Readonly<Record<string, Row>> = {
  Space: { budget: 0 },
  Doc: { state: 'DRAFT', isOpen: true },
  Note: { internal: false },
  Tag: { hidden: false },
  DocTag: { weight: 1 },
};
/** What rows refer to, within their space. */
const REFERENCES: Readonly<Record<string, readonly (readonly [column: string, target: string])[]>> = {
  Doc: [['parentId', 'Doc']],
  Note: [['docId', 'Doc']],
  DocTag: [
    ['docId', 'Doc'],
    ['tagId', 'Tag'],
  ],
  Event: [['docId', 'Doc']],
};
/** Types whose rows go with the row that they refer to, if that goes for good. */
const CASCADING: readonly string[] = ['Note', 'DocTag', 'Event'];

interface Difference {
  readonly type: string;
  /** Null: there was none, or is none. */
  readonly before: Row | null;
  readonly after: Row | null;
}

const textOf = (type: string, row: Row): string => JSON.stringify(keyOf(type, row));

export function differences(before: AllRows, after: AllRows): Difference[] {
  return ENTITIES.flatMap(({ type }) => {
    const rowByKey = (rows: readonly Row[]) => new Map(rows.map((row) => [textOf(type, row), row]));
    const [old, now] = [rowByKey(before[type]!), rowByKey(after[type]!)];
    return [...new Set([...old.keys(), ...now.keys()])]
      .map((key) => ({ type, before: old.get(key) ?? null, after: now.get(key) ?? null }))
      .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
  });
}

/** Where all that goes has gone, and nothing new has come: operations of one write may be judged in such a state. */
export function rowsBetween(before: AllRows, after: AllRows): AllRows {
  const staying = Object.entries(after).map(([type, rows]) => {
    const known = new Set(before[type]!.map((row) => textOf(type, row)));
    return [type, rows.filter((row) => known.has(textOf(type, row)))];
  });
  return Object.fromEntries(staying);
}

/** What a caller may do with rows, as they are. */
export class RowRights {
  readonly #viewer: Viewer;
  readonly #world: World;
  readonly #filter: Filter;

  constructor(rows: AllRows, viewer: Viewer) {
    this.#viewer = viewer;
    this.#world = accessWorld(rows);
    this.#filter = new Filter(this.#world, new RelatedRows(this.#world));
  }

  /** The row with this key, deleted or not. */
  find(type: string, key: Row): Row | null {
    const text = textOf(type, key);
    return rowsOf(this.#world, type, true).find((row) => textOf(type, row) === text) ?? null;
  }

  reads(type: string, row: Row): boolean {
    const view = ROLES[this.#viewer.role]![type];
    return view !== undefined && this.#holds(type, row, view.rows);
  }

  may(type: string, row: Row, right: 'update' | 'delete'): boolean {
    const view = WRITE_VIEWS[this.#viewer.role]?.[type];
    const where = right === 'update' ? view?.update?.where : view?.delete;
    return where !== undefined && this.reads(type, row) && this.#holds(type, row, where);
  }

  passes(type: string, row: Row, verb: 'create' | 'update'): boolean {
    const check = WRITE_VIEWS[this.#viewer.role]?.[type]?.[verb]?.check;
    return check !== undefined && this.#holds(type, row, check);
  }

  #holds(type: string, row: Row, view: RowView): boolean {
    const where: Input | null | false = ruleFor(view, this.#viewer);
    if (where === false) return false;
    return where === null || this.#filter.matches(entityOf(this.#world, type), row, where) === true;
  }
}

/** What is done that the caller may not do, in words; none: it may do all of it. */
export function breaches(before: AllRows, after: AllRows, viewer: Viewer): string[] {
  const [old, now] = [new RowRights(before, viewer), new RowRights(after, viewer)];
  const changes = differences(before, after);
  const gone = new Set(
    changes.filter((one) => one.after === null).map((one) => `${one.type} ${textOf(one.type, one.before!)}`),
  );
  return changes.flatMap((change): string[] => {
    const problem = breachOf(change, viewer, old, now, gone) ?? (refersToHidden(change, old, now) ? 'refers' : null);
    return problem === null ? [] : [`${problem}: ${JSON.stringify(change)}`];
  });
}

/** Rows that are what an update must not leave, and that the caller may update: one that sets what they have is refused. */
export function unkeepable(rows: AllRows, types: readonly string[], viewer: Viewer): string[] {
  const rights = new RowRights(rows, viewer);
  return types.flatMap((type) =>
    (rows[type] ?? [])
      .filter((row) => rights.may(type, row, 'update') && !rights.passes(type, row, 'update'))
      .map((row) => `kept as it must not be: ${type} ${textOf(type, row)}`),
  );
}

function breachOf(
  { type, before, after }: Difference,
  viewer: Viewer,
  old: RowRights,
  now: RowRights,
  gone: ReadonlySet<string>,
): string | null {
  const moment = MOMENTS[type] ?? '';
  const isDeleted = (row: Row) => (row[moment] ?? null) !== null;
  if (before === null) {
    if (isDeleted(after!)) return null;
    if (!now.passes(type, after!, 'create')) return 'created';
    return givesOnly(type, viewer, after!) ? null : 'created with columns that it may not give';
  }
  if (after === null || isDeleted(before) !== isDeleted(after)) {
    const goesWith =
      CASCADING.includes(type) &&
      REFERENCES[type]!.some(([column, target]) =>
        gone.has(`${target} ${JSON.stringify({ spaceId: before.spaceId, id: before[column] })}`),
      );
    return (after === null && goesWith) || old.may(type, before, 'delete') ? null : 'deleted or restored';
  }
  if (!old.may(type, before, 'update')) return 'changed';
  if (!now.passes(type, after, 'update')) return 'changed to what it must not be';
  const states = WRITE_VIEWS[viewer.role]?.[type]?.update?.states;
  const moves = states === undefined || before.state === after.state;
  if (!moves && !states.some(([from, to]) => from === before.state && to === after.state)) return 'moved';
  const columns = writtenColumns(viewer.role, type, 'update', readColumns(viewer, type));
  const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
  return changed.every((name) => columns.includes(name)) ? null : 'changed in columns that it may not change';
}

/** It leads anew to a row that the caller sees neither before nor after. */
const refersToHidden = ({ type, before, after }: Difference, old: RowRights, now: RowRights): boolean =>
  (REFERENCES[type] ?? []).some(([column, target]) => {
    const id = after?.[column] ?? null;
    if (after === null || id === null || id === before?.[column]) return false;
    return ![old, now].some((rights) => {
      const row = rights.find(target, { spaceId: after.spaceId!, id });
      return row !== null && rights.reads(target, row);
    });
  });

/** All that is no default is given by the caller, or by a rule as it says. */
function givesOnly(type: string, viewer: Viewer, row: Row): boolean {
  const { set = {} } = WRITE_VIEWS[viewer.role]?.[type]?.create ?? {};
  const columns = writtenColumns(viewer.role, type, 'create', readColumns(viewer, type));
  return Object.entries(row).every(([name, value]) => {
    const preset = set[name];
    if (preset !== undefined) return value === preset(viewer.claims);
    return columns.includes(name) || value === (DEFAULTS[type]?.[name] ?? null);
  });
}

function readColumns({ role }: Viewer, type: string): string[] {
  const { columns, hidden = '' } = ROLES[role]![type]!;
  const { columns: all, primaryKey } = ENTITIES.find((entity) => entity.type === type)!;
  const names = columns?.split(' ') ?? all.map(({ name }) => name).filter((name) => !hidden.split(' ').includes(name));
  return [...new Set([...primaryKey, ...names])];
}
