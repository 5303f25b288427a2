import type { Confirmation } from './confirmation.ts';

export interface Backup {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly place: string;
  readonly asOf: string;
  readonly shardCount: number;
  readonly rowCount: number;
  readonly bytes: number;
  readonly contentHash: string;
  readonly basedOn: string | null;
}

const BACKUP = 'id at by place asOf shardCount rowCount bytes contentHash basedOn';

export interface BackupsAnswer {
  readonly backups: readonly Backup[];
}

export const BACKUPS = `query Backups($first: Int!) {
  backups(first: $first) { ${BACKUP} }
}`;

export interface ForgetBackupAnswer {
  readonly forgetBackup: {
    readonly preview: Backup | null;
    readonly confirmation: Confirmation | null;
  };
}

export const FORGET_BACKUP = `mutation ForgetBackup($id: ID!, $preview: Boolean!, $confirmation: String) {
  forgetBackup(id: $id, preview: $preview, confirmation: $confirmation) {
    preview { ${BACKUP} }
    confirmation { token }
  }
}`;
