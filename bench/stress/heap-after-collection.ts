import { Inspector } from '../profile/inspector.ts';

/** Megabytes that the isolate of a Worker holds on to. */
export interface HeldHeap {
  readonly worker: string;
  readonly megabytes: number;
}

/** The API, and its shards. */
const WORKERS = ['shardql', 'shardql-storage'];
const WAKE_EVERY_MS = 50;

/** What is left of the JavaScript heap of each Worker once all garbage is collected. */
export async function heapAfterCollection(port: number, inspectorPort: number): Promise<HeldHeap[]> {
  const held: HeldHeap[] = [];
  for (const worker of WORKERS) {
    const inspector = await Inspector.connect(inspectorPort, (id) => id.endsWith(`:${worker}`));
    try {
      await awake(port, inspector.send('HeapProfiler.collectGarbage'));
      const { usedSize } = await inspector.send<{ usedSize: number }>('Runtime.getHeapUsage');
      held.push({ worker, megabytes: usedSize / 1e6 });
    } finally {
      inspector.close();
    }
  }
  return held;
}

/** An isolate does not get to it while nobody asks for anything. */
async function awake(port: number, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await (await fetch(`http://127.0.0.1:${port}/ready`)).arrayBuffer();
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, WAKE_EVERY_MS))]);
  }
  await done;
}
