import { join } from 'node:path';
import { Log, LogLevel } from 'miniflare';

export const COMPATIBILITY_DATE = '2026-10-01';

/** Options of a Miniflare that prints nothing, asks nobody, and keeps what it stores in a folder. */
export const quietRuntime = (folder: string) => ({
  log: new Log(LogLevel.NONE),
  handleStructuredLogs: () => {},
  resourcePersistencePath: join(folder, 'state'),
  resourceTmpPath: join(folder, 'tmp'),
  cf: false as const,
  telemetry: { enabled: false },
});

/** Parts of a Worker of one module, which was bundled to a file in the folder. */
export const moduleWorker = (folder: string, path: string) => ({
  compatibilityDate: COMPATIBILITY_DATE,
  modules: [{ type: 'ESModule' as const, path }],
  modulesRoot: folder,
});
