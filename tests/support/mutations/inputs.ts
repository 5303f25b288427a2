/** What the data of a mutation tell before any row is looked at. */
import { columnsIn } from './rows.ts';
import { type Relation, type Row, SHAPES, type Type, type Value } from './shapes.ts';

/**
 * True for what cannot be done whatever rows there are: it is refused even in a branch that is not taken.
 *
 * @param ofNew columns that something else gives a new row; null: the data are changes of a row that is there.
 * @param isPartial the input does not require columns that it may lack.
 */
export function isAbsurd(type: Type, data: Value, ofNew: readonly string[] | null, isPartial = false): boolean {
  const given = ofNew ?? [];
  const own = columnsIn(type, data);
  if (ofNew !== null && !isPartial && requiredColumns(type).some((name) => (own[name] ?? null) === null)) return true;
  if (given.some((column) => column in own)) return true;
  return relationsIn(type, data).some(([name, relation]) => {
    const input = data[name];
    const { target } = relation;
    if (relation.kind === 'refers' && isGiven(input) && (given.includes(relation.column) || relation.column in own))
      return true;
    const isRequired =
      relation.kind === 'refers'
        ? !SHAPES[type].columns[relation.column]!.isNullable
        : relation.kind === 'referred' && !SHAPES[target].columns[relation.column]!.isNullable;
    if (isRequired && (input.disconnect || input.set)) return true;
    const inner = relation.kind === 'referred' ? [relation.column] : [];
    const elements = (verb: string): Value[] => (input[verb] === undefined ? [] : [input[verb]].flat());
    return (
      elements('create').some((each) => isAbsurd(target, each, inner)) ||
      [...elements('connectOrCreate'), ...elements('upsert')].some(
        ({ by, create }) => isAbsurd(target, create, inner, by !== undefined) || isContrary(by, create),
      ) ||
      elements('update').some((element) => isAbsurd(target, element.data, null)) ||
      elements('upsert').some(({ update }) => isAbsurd(target, update, null))
    );
  });
}

/** A new row that would not be found by what it was looked for. */
export const isContrary = (by: Value, create: Value): boolean =>
  Object.entries(flat(by ?? {})).some(([name, value]) => create[name] !== undefined && create[name] !== value);

/** The columns of a key: `by` of a key of several has them one level below. */
export function flat(by: Value): Row {
  const [value] = Object.values(by as Row);
  return isObject(value) ? (value as Row) : by;
}

/** True if a column that cannot be null is nowhere given a value: the router may see it before any row is looked at. */
export function lacksValue(type: Type, data: Value, ofNew: readonly string[] | null): boolean {
  const own = columnsIn(type, data);
  const relations = relationsIn(type, data);
  const given = [
    ...(ofNew ?? []),
    ...relations.map(([, relation]) => (relation.kind === 'refers' ? relation.column : '')),
  ];
  const isMissing = Object.entries(SHAPES[type].columns).some(([name, { isNullable, fallback }]) => {
    if (isNullable) return false;
    if (own[name] === null) return true;
    return !given.includes(name) && ofNew !== null && own[name] === undefined && fallback === undefined;
  });
  return isMissing || nestedIn(relations, data).some(([target, inner, created]) => lacksValue(target, inner, created));
}

/** What is nested in data: of which type, and which columns the relation gives new rows (null: changes). */
function nestedIn(relations: ReturnType<typeof relationsIn>, data: Value): [Type, Value, readonly string[] | null][] {
  return relations.flatMap(([name, relation]) => {
    const inner = relation.kind === 'referred' ? [relation.column] : [];
    return Object.entries(data[name] as Row).flatMap(([verb, input]) =>
      [input].flat().flatMap((element): [Type, Value, readonly string[] | null][] => {
        const { target } = relation;
        if (verb === 'create') return [[target, element, inner]];
        if (verb === 'connectOrCreate') return [[target, { ...flat(element.by), ...element.create }, inner]];
        if (verb === 'update') return [[target, element.data, null]];
        if (verb !== 'upsert') return [];
        return [
          [target, { ...flat(element.by ?? {}), ...element.create }, inner],
          [target, element.update, null],
        ];
      }),
    );
  });
}

/** Those that the input of a new row cannot be without: no default, no relation gives them. */
const requiredColumns = (type: Type): string[] =>
  Object.entries(SHAPES[type].columns)
    .filter(([, { isNullable, fallback }]) => !isNullable && fallback === undefined)
    .map(([name]) => name)
    .filter((name) => !SHAPES[type].references.some(({ column }) => column === name));

/** True if relations of the data give the row's own columns values, or null. */
export const refersAnew = (type: Type, data: Value): boolean =>
  relationsIn(type, data).some(
    ([name, { kind }]) => kind === 'refers' && (isGiven(data[name]) || data[name].disconnect === true),
  );

/** Gives the row's own column a value. */
const isGiven = (input: Value): boolean => 'create' in input || 'connect' in input || 'connectOrCreate' in input;

export const relationsIn = (type: Type, data: Value): (readonly [string, Relation])[] =>
  Object.entries(SHAPES[type].relations).filter(([name]) => data?.[name] !== undefined);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
