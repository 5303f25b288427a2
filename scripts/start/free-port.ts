import { createServer } from 'node:net';
import { shellWord } from '../project/shell-word.ts';
import { StartError } from './start-error.ts';

export const HOST = '127.0.0.1';

/**
 * A message better than workerd's; a port taken between this look and its start still gives an error.
 *
 * @param args of `npm start`, for the command that the message proposes.
 */
export function requireFreePort(port: number, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(portError(port, args, error)));
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

function portError(port: number, args: readonly string[], error: NodeJS.ErrnoException): StartError {
  const reason = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
  const command = ['npm start', ...(args.length > 0 ? ['--', ...args.map(shellWord)] : [])].join(' ');
  return new StartError(`Port ${port} of ${HOST} ${reason}. Choose another: PORT=${port + 1} ${command}`);
}
