import type { Command } from 'commander';

type AddCommand = (program: Command) => void;

/**
 * What adds each command to the program, by the name that is typed, in the order in which `--help` lists them. Only those that are
 * needed are loaded: all of them together take longer than what most of them do.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  start: async () => (await import('./start/command.ts')).addStart,
  dev: async () => (await import('./dev/command.ts')).addDev,
  generate: async () => (await import('./generate/command.ts')).addGenerate,
  deploy: async () => (await import('./deploy/command.ts')).addDeploy,
  import: async () => (await import('./import/command.ts')).addImport,
  export: async () => (await import('./export/command.ts')).addExport,
  backup: async () => (await import('./backup/command.ts')).addBackup,
  schema: async () => (await import('./schema/command.ts')).addSchema,
  status: async () => (await import('./status/command.ts')).addStatus,
  alerts: async () => (await import('./alerts/command.ts')).addAlerts,
  migrate: async () => (await import('./migrate/command.ts')).addMigrate,
  'dead-letters': async () => (await import('./dead-letters/command.ts')).addDeadLetters,
  place: async () => (await import('./place/command.ts')).addPlace,
  keys: async () => (await import('./keys/command.ts')).addKeys,
  access: async () => (await import('./access/command.ts')).addAccess,
  token: async () => (await import('./token/command.ts')).addToken,
  audit: async () => (await import('./audit/command.ts')).addAudit,
  persist: async () => (await import('./persist/command.ts')).addPersist,
  undo: async () => (await import('./undo/command.ts')).addUndo,
  restore: async () => (await import('./restore/command.ts')).addRestore,
  bookmark: async () => (await import('./bookmark/command.ts')).addBookmark,
  warm: async () => (await import('./warm/command.ts')).addWarm,
  'demo-load': async () => (await import('./demo-load/command.ts')).addDemoLoad,
  doctor: async () => (await import('./doctor/command.ts')).addDoctor,
  build: async () => (await import('./build/command.ts')).addBuild,
  setup: async () => (await import('./setup/command.ts')).addSetup,
};
