import { askWrangler } from '../project/run-wrangler.ts';

/**
 * The tag of the version that serves; null: there is none, or several versions do, or that cannot be known, and then deploying is what finds
 * out why.
 *
 * @param worker arguments of wrangler that name the Worker.
 */
export async function deployedTag(worker: readonly string[]): Promise<string | null> {
  const status = await ask<{ readonly versions: readonly { readonly version_id: string }[] }>([
    ...['deployments', 'status', '--json'],
    ...worker,
  ]);
  const [version, another] = status?.versions ?? [];
  if (version === undefined || another !== undefined) return null;
  const args = ['versions', 'view', version.version_id, '--json', ...worker];
  const view = await ask<{ readonly annotations?: Readonly<Record<string, string>> }>(args);
  return view?.annotations?.['workers/tag'] ?? null;
}

async function ask<T>(args: readonly string[]): Promise<T | null> {
  const { code, stdout } = await askWrangler(args);
  if (code !== 0) return null;
  try {
    return JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as T;
  } catch {
    return null;
  }
}
