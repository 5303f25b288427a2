/**
 * Ends the runtime when the process that started it is gone. Runs as a process of its own, in its own group, so that a
 * Ctrl-C in the terminal does not reach it: it has one input, a pipe from that process, which the operating system
 * closes however that process ends. Each line is the id of the runtime now to be ended, empty for none.
 */
import { createInterface } from 'node:readline';

let workerdPid: number | null = null;

for await (const line of createInterface({ input: process.stdin })) workerdPid = Number(line) || null;

try {
  if (workerdPid !== null) process.kill(workerdPid, 'SIGKILL');
} catch {
  // It ended by itself.
}
