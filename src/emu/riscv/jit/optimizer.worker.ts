/** A thread that optimises regions while nobody waits for that, tells of their machine code, and ends with the last of them. */
import { getPriority, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { WasmMemory, WasmModule } from '../../../wasm/api.ts';
import { IdleInstances } from './idle-instances.ts';
import { NativeCode } from './native-code.ts';

/** What the thread is started with. */
export interface OptimizerWorkerData {
  readonly memory: WasmMemory;
  readonly modules: readonly WasmModule[];
}

/** Machine code of a module, of the given number. */
export interface OptimizedModule {
  readonly index: number;
  readonly native: Uint8Array;
}

/** No lower: a machine that ends waits for the region that is being optimised, and on a busy host the lowest get no turn. */
const PRIORITY = 10;
/** A message for each would wake its reader too often. */
const MODULES_A_MESSAGE = 32;

const { memory, modules } = workerData as OptimizerWorkerData;
// Linux has a priority for each thread, others one for the process.
if (platform() === 'linux') setPriority(Math.max(PRIORITY, getPriority()));
const code = NativeCode.open();
if (code !== null) optimizeAll(code);

function optimizeAll(using: NativeCode): void {
  const instances = new IdleInstances(memory);
  let news: OptimizedModule[] = [];
  for (const [index, module] of modules.entries()) {
    const run = instances.functionOf(module);
    let native = using.serialize(module, run);
    if (native === null) {
      using.optimize(run);
      native = using.serialize(module, run);
    }
    if (native !== null) news.push({ index, native });
    if (news.length < MODULES_A_MESSAGE) continue;
    say(news);
    news = [];
  }
  say(news);
}

function say(news: readonly OptimizedModule[]): void {
  parentPort?.postMessage(
    news,
    news.map(({ native }) => native.buffer as ArrayBuffer),
  );
}
