/** The thread that compiles regions for all harts of a machine, so that they go on interpreting meanwhile. */
import { workerData } from 'node:worker_threads';
import type { GuestMemory } from '../contract.ts';
import { decodeTablesIn, hartArea } from '../guest-memory.ts';
import type { RegionPort } from './region-channel.ts';
import { RegionCompiler, type RegionRequest } from './region-compiler.ts';

/** What the thread is started with. */
export interface CompilerWorkerData {
  readonly guest: GuestMemory;
  /** The ends of each hart's channel. */
  readonly ports: readonly RegionPort[];
}

const { guest, ports } = workerData as CompilerWorkerData;
ports.forEach(({ port, waiting }, hartId) => {
  const compiler = new RegionCompiler({
    guest,
    hart: hartArea(hartId),
    tables: decodeTablesIn(guest),
    hasHeat: true,
  });
  const count = new Int32Array(waiting);
  port.on('message', (request: RegionRequest) => {
    port.postMessage({ request, region: compiler.compile(request) });
    Atomics.add(count, 0, 1);
  });
});
