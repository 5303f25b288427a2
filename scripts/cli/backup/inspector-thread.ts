/** The thread of an `Inspector`: gets paths, and answers each in turn. */
import { parentPort } from 'node:worker_threads';
import { inspectFile } from './inspect-file.ts';
import type { Inspection } from './inspector.ts';

parentPort!.on('message', async (path: string) => {
  const answer = await inspectFile(path).then(
    (file): Inspection => ({ path, file }),
    (error: Error): Inspection => ({ path, error: error.message }),
  );
  parentPort!.postMessage(answer);
});
