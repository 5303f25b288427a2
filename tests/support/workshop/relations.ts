/** The relations of the workshop model, written a second time: which columns they lie in. */

export type Type = 'Person' | 'Badge' | 'Project' | 'Task' | 'Label' | 'TaskLabel' | 'Watch';

export type Relation =
  /** The row's own column holds the id of the other. */
  | { readonly kind: 'refers'; readonly target: Type; readonly column: string; readonly isRequired?: true }
  /** A column of the others holds the id of the row. */
  | { readonly kind: 'referred'; readonly target: Type; readonly column: string; readonly isRequired?: true }
  /** The same, of one other at most. */
  | { readonly kind: 'referredOnce'; readonly target: Type; readonly column: string; readonly isRequired?: true }
  | {
      readonly kind: 'linked';
      readonly target: Type;
      readonly join: Type;
      readonly near: string;
      readonly far: string;
      /** Two rows of the join table may be equal. */
      readonly mayRepeat?: true;
    };

interface Shape {
  readonly columns: Readonly<Record<string, 'text' | 'number'>>;
  readonly unique: readonly (readonly string[])[];
  readonly references: Readonly<Record<string, { readonly target: Type; readonly onDelete: 'cascade' | 'refuse' }>>;
  readonly relations: Readonly<Record<string, Relation>>;
}

const restrict = (target: Type) => ({ target, onDelete: 'refuse' }) as const;
const cascade = (target: Type) => ({ target, onDelete: 'cascade' }) as const;

export const SHAPES: Readonly<Record<Type, Shape>> = {
  Person: {
    columns: { name: 'text' },
    unique: [['name']],
    references: { managerId: restrict('Person') },
    relations: {
      manager: { kind: 'refers', target: 'Person', column: 'managerId' },
      reports: { kind: 'referred', target: 'Person', column: 'managerId' },
      badge: { kind: 'referredOnce', target: 'Badge', column: 'personId' },
      projects: { kind: 'referred', target: 'Project', column: 'ownerId' },
      tasks: { kind: 'referred', target: 'Task', column: 'assigneeId' },
    },
  },
  Badge: {
    columns: { code: 'text' },
    unique: [['code'], ['personId']],
    references: { personId: restrict('Person') },
    relations: { person: { kind: 'refers', target: 'Person', column: 'personId' } },
  },
  Project: {
    columns: { title: 'text' },
    unique: [],
    references: { ownerId: restrict('Person') },
    relations: {
      owner: { kind: 'refers', target: 'Person', column: 'ownerId' },
      tasks: { kind: 'referred', target: 'Task', column: 'projectId', isRequired: true },
    },
  },
  Task: {
    columns: { title: 'text', points: 'number' },
    unique: [],
    references: { projectId: cascade('Project'), assigneeId: restrict('Person') },
    relations: {
      project: { kind: 'refers', target: 'Project', column: 'projectId', isRequired: true },
      assignee: { kind: 'refers', target: 'Person', column: 'assigneeId' },
      labels: { kind: 'linked', target: 'Label', join: 'TaskLabel', near: 'taskId', far: 'labelId' },
      watchers: { kind: 'linked', target: 'Person', join: 'Watch', near: 'taskId', far: 'personId', mayRepeat: true },
    },
  },
  Label: {
    columns: { name: 'text' },
    unique: [['name']],
    references: {},
    relations: { tasks: { kind: 'linked', target: 'Task', join: 'TaskLabel', near: 'labelId', far: 'taskId' } },
  },
  TaskLabel: {
    columns: {},
    unique: [['taskId', 'labelId']],
    references: { taskId: cascade('Task'), labelId: cascade('Label') },
    relations: {},
  },
  Watch: {
    columns: {},
    unique: [],
    references: { taskId: cascade('Task'), personId: restrict('Person') },
    relations: {},
  },
};

export const TYPES = Object.keys(SHAPES) as readonly Type[];
