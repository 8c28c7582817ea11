/** The thread that compiles regions for all harts of a machine, so that they go on interpreting meanwhile. */
import { workerData } from 'node:worker_threads';
import type { GuestMemory } from '../contract.ts';
import { decodeTablesIn, hartArea } from '../guest-memory.ts';
import { HotCode } from './hot-code.ts';
import { KnownPages } from './known-pages.ts';
import { ANSWERS, PAGES_MET, type MetPage, type RegionAnswer, type RegionPort } from './region-channel.ts';
import { RegionCompiler, type RegionRequest } from './region-compiler.ts';
import { RegionServer } from './region-server.ts';

/** What the thread is started with. */
export interface CompilerWorkerData {
  readonly guest: GuestMemory;
  /** The ends of each hart's channel. */
  readonly ports: readonly RegionPort[];
  /** Where what is hot is kept from run to run; null: nowhere. */
  readonly hotCodeFile: string | null;
}

/** The machine may be gone at any time, so what is new is written down now and then. */
const SAVE_EVERY_MS = 10_000;

const { guest, ports, hotCodeFile } = workerData as CompilerWorkerData;
const tables = decodeTablesIn(guest);
const compilers = ports.map(
  (_, hartId) => new RegionCompiler({ guest, hart: hartArea(hartId), tables, hasHeat: true }),
);
const server = new RegionServer(compilers, HotCode.open(hotCodeFile));
ports.forEach(({ port, waiting, known }, hartId) => {
  new KnownPages(known).tell(server.fingerprints);
  const count = new Int32Array(waiting);
  const post = (answer: RegionAnswer): void => {
    port.postMessage(answer);
    Atomics.add(count, ANSWERS, 1);
  };
  port.on('message', (message: RegionRequest | MetPage) => {
    if ('pc' in message) {
      post(server.answer(hartId, message));
      return;
    }
    server.recall(hartId, message).forEach(post);
    Atomics.sub(count, PAGES_MET, 1);
  });
});
if (hotCodeFile !== null) setInterval(save, SAVE_EVERY_MS);

function save(): void {
  try {
    server.save();
  } catch {
    // The next run learns anew what is hot.
  }
}
