import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Campaign } from './campaigns.ts';
import { vitestCommand } from './vitest-command.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Runs a campaign and shows its tests' output; true if all of them passed. Says how to repeat it. */
export async function runCampaign(
  campaign: Campaign,
  options: { readonly size: number; readonly seed: number },
): Promise<boolean> {
  const { name, unit } = campaign;
  const { size, seed } = options;
  console.log(`campaign ${name}: ${size} ${unit}, SEED=${seed}`);
  const startMs = performance.now();
  const { args, env } = vitestCommand(campaign, options);
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const outcome = code === 0 ? 'passed' : 'FAILED';
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(`campaign ${name}: ${outcome} after ${seconds} s`);
  if (code !== 0) console.log(`repeat: npm run campaign -- ${name} --size ${size} --seed ${seed}`);
  return code === 0;
}
