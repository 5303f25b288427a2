import type { TableModel } from '../../../model/types.ts';
import type { ShardQLError } from '../../errors.ts';
import type { UndoConflictReason } from '../../undo.ts';

/** Why a row cannot go back, as far as the rows around it are now. */
export class UndoConflict extends Error {
  readonly reason: UndoConflictReason;

  constructor(reason: UndoConflictReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * The row that it would refer to is to lose the key by which it would, and has not yet: another one that is to get it may be
 * meant. It is one more conflict only if neither goes back.
 */
export class UnsettledParent extends UndoConflict {
  constructor(child: string, parent: string) {
    super('PARENT_MISSING', `Expected ${child} whose ${parent} is what it was, but got one that stays.`);
  }
}

/** What keeps a row from being written, by the public error for it. `isDelete`: the row was to go. */
export function conflictOf({ typeName, primaryKey }: TableModel, isDelete: boolean, error: ShardQLError): UndoConflict {
  switch (error.code) {
    case 'UNIQUE_VIOLATION':
      return error.details.table === typeName && error.details.constraint === primaryKey.name
        ? new UndoConflict(
            'CREATED_AGAIN',
            `Expected no ${typeName} with this key, but got one that was created since.`,
          )
        : new UndoConflict('VALUE_TAKEN', error.message);
    case 'FOREIGN_KEY_VIOLATION':
      return new UndoConflict(isDelete ? 'STILL_REFERRED' : 'PARENT_MISSING', error.message);
    default:
      return new UndoConflict('INVALID_VALUE', error.message);
  }
}
