import type { CorsOptions } from '../../../src/http/core/cors.ts';
import type { RequestLimits } from '../../../src/http/graphql/request-limits.ts';
import type { RateLimitOptions } from '../../../src/http/rate-limits/options.ts';
import { WORKER_OPTIONS } from '../../../src/worker-options.ts';
import { importFile } from '../../project/import-file.ts';
import { CliError } from '../cli-error.ts';

/** Of the options of `createWorker`, those that the doctor looks at. */
export interface WorkerOptions {
  /** A function of the environment is not called: its secrets are not here. */
  readonly authenticate?: ((env: never) => unknown) | AuthenticateObject | undefined;
  readonly cors?: CorsOptions | undefined;
  readonly introspection?: boolean | undefined;
  readonly limits?: Partial<RequestLimits> | undefined;
  readonly rateLimits?: RateLimitOptions | undefined;
}

interface AuthenticateObject {
  readonly jwt?: JwtObject | readonly JwtObject[];
}

interface JwtObject {
  readonly keys?: { readonly secret?: unknown };
}

/** Null, with the reason: they cannot be known here. */
export type ReadOptions =
  | { readonly options: WorkerOptions; readonly reason: null }
  | { readonly options: null; readonly reason: string };

/** Loads the Worker in Node, without running it. What it takes of the platform while it loads is not there. */
export async function readWorkerOptions(main: string): Promise<ReadOptions> {
  try {
    const { default: handlers } = await importFile<{ default?: { readonly [WORKER_OPTIONS]?: WorkerOptions } }>(main);
    const options = handlers?.[WORKER_OPTIONS];
    if (options !== undefined) return { options, reason: null };
    return { options: null, reason: 'its default export is not what createWorker made' };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { options: null, reason: error.message };
  }
}
