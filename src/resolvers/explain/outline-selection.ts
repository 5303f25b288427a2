import { type GraphQLObjectType, getNamedType, getNullableType, isListType, isObjectType } from 'graphql';
import { parseJsonPath } from '../../plans/arguments/json-path.ts';
import { type FieldRole, roleOf } from '../../plans/field-role.ts';
import type { DocumentField } from '../../plans/selection/selected-field.ts';
import { checkMarks, type Marks } from '../show/highlights.ts';

/** A field that would fail. */
export interface OutlinedFailure {
  readonly error: Error;
  readonly field: DocumentField;
  readonly path: readonly (string | number)[];
}

/** What is selected below a field: users' own fields, and wrong arguments. */
interface SelectionOutline {
  readonly notRun: string[][];
  readonly failures: OutlinedFailure[];
}

interface Selected {
  readonly field: DocumentField;
  /** Response keys. */
  readonly path: readonly string[];
  /** As the path of an error: that of the first row of each list. */
  readonly place: readonly (string | number)[];
  /** Whether the list around it is searched. */
  readonly isSearched: boolean;
}

/**
 * Adds to an outline what is selected below a field.
 *
 * @param wrong what planning has found of relations and groups, by {@link pathText}.
 */
export function outlineSelection(
  outline: SelectionOutline,
  type: GraphQLObjectType,
  { field, path, place, isSearched }: Selected,
  wrong: ReadonlyMap<string, Error>,
): void {
  for (const selected of field.fields(type)) {
    const definition = type.getFields()[selected.name];
    if (definition === undefined) continue;
    const role = roleOf(definition);
    const inner = [...path, selected.key];
    if (role?.kind === 'user' || role?.kind === 'computed') {
      outline.notRun.push(inner);
      continue;
    }
    const found = wrong.get(pathText(inner));
    const args = selected.hasArguments && !found ? selected.argumentsOf(type).values : {};
    const error = found ?? wrongArgument(role, selected, args, isSearched);
    const at = [...place, selected.key];
    if (error !== undefined) {
      outline.failures.push({ error, field: selected, path: at });
      continue;
    }
    const named = getNamedType(definition.type);
    if (!isObjectType(named)) continue;
    const below = {
      field: selected,
      path: inner,
      place: isListType(getNullableType(definition.type)) ? [...at, 0] : at,
      isSearched: role?.kind === 'relation' ? isGiven(args.search) : isSearched,
    };
    outlineSelection(outline, named, below, wrong);
  }
}

/** Arguments that are looked at when rows are shown. */
function wrongArgument(
  role: FieldRole | undefined,
  { name }: DocumentField,
  args: Readonly<Record<string, unknown>>,
  isSearched: boolean,
): Error | undefined {
  try {
    if (role?.kind === 'column' && isGiven(args.path)) parseJsonPath(args.path as string, 'path');
    if (role === undefined && name === 'highlights' && isSearched && 'before' in args)
      checkMarks(args as unknown as Marks);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

export const pathText = (path: readonly string[]): string => path.join('\n');
