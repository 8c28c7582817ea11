/** The thread that compiles regions for all harts of a machine, so that they go on interpreting meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { GuestMemory } from '../contract.ts';
import { decodeTablesIn, hartArea } from '../guest-memory.ts';
import { CodeKeeper } from './code-keeper.ts';
import { fingerprintOf } from './fingerprint.ts';
import { HotCode } from './hot-code.ts';
import { KnownPages } from './known-pages.ts';
import { NativeCode } from './native-code.ts';
import { ANSWERS, PAGES_MET, type MetPage, type RegionPort } from './region-channel.ts';
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

/** Work that nobody waits for is done in turns, each of a few milliseconds. */
const TURN_EVERY_MS = 10;
const REGIONS_A_TURN = 50;
const PAGES_A_TURN = 3;
/** The guest is at rest when nothing was asked for that long: then regions are optimised too, if they are worth a thread. */
const REST_MS = 3000;
const WORTH_OPTIMIZING = 50;
/** The machine may be gone at any time, so what is new is written down now and then; twice as late each time. */
const FIRST_SAVE_MS = 20_000;

const { guest, ports, hotCodeFile } = workerData as CompilerWorkerData;
const tables = decodeTablesIn(guest);
const compilers = ports.map(
  (_, hartId) => new RegionCompiler({ guest, hart: hartArea(hartId), tables, hasHeat: true }),
);
const hot = HotCode.open(hotCodeFile);
const code = hotCodeFile === null ? null : NativeCode.open();
const keeper = code === null ? null : new CodeKeeper(code, guest.memory);
const server = new RegionServer({ compilers, hot, native: code === null || keeper === null ? null : { code, keeper } });
let askedAt = performance.now();
let onAsked: (() => void) | null = null;
const knownPages = ports.map(({ known }) => new KnownPages(known));
ports.forEach(({ port }, hartId) => {
  knownPages[hartId]?.tell(server.fingerprints);
  port.on('message', (message: RegionRequest | MetPage) => serve(hartId, message));
});
// Asked to save: any message. It is answered when all is written down that was asked for before.
parentPort?.on('message', () => {
  ports.forEach(({ port }, hartId) => {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      serve(hartId, (next as { readonly message: RegionRequest | MetPage }).message);
    }
  });
  keeper?.take(Infinity);
  save();
  parentPort?.postMessage('saved');
});
if (hotCodeFile !== null) void writeDownForEver();

function serve(hartId: number, message: RegionRequest | MetPage): void {
  const { port, waiting } = ports[hartId] as RegionPort;
  const count = new Int32Array(waiting);
  const isRequest = 'pc' in message;
  askedAt = performance.now();
  onAsked?.();
  for (const answer of isRequest ? [server.answer(hartId, message)] : server.recall(hartId, message)) {
    // When the hart has dropped it, it comes there anew.
    if (isRequest && answer.region !== null) knownPages[hartId]?.tell([fingerprintOf(answer.region.source)]);
    port.postMessage(answer);
    Atomics.add(count, ANSWERS, 1);
  }
  if (!isRequest) Atomics.sub(count, PAGES_MET, 1);
}

/** While nothing is asked for, nothing is done. */
async function writeDownForEver(): Promise<never> {
  for (let pauseMs = FIRST_SAVE_MS; ; pauseMs *= 2) {
    const isAtRest = await untilRest(pauseMs);
    const begunAt = performance.now();
    if (isAtRest && keeper !== null && keeper.waiting >= WORTH_OPTIMIZING) await keeper.optimize();
    while (keeper?.take(REGIONS_A_TURN)) await delay(TURN_EVERY_MS);
    while (hot.pack(PAGES_A_TURN)) await delay(TURN_EVERY_MS);
    save();
    if (!isAtRest) continue;
    if (askedAt < begunAt) await new Promise<void>((resolve) => (onAsked = resolve));
    onAsked = null;
    await delay(Math.max(begunAt + pauseMs - performance.now(), 0));
  }
}

/** Whether the guest is at rest, as soon as it is; false when it is not for so long. */
async function untilRest(limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    const now = performance.now();
    if (now - askedAt > REST_MS) return true;
    if (now >= end) return false;
    await delay(Math.min(askedAt + REST_MS, end) - now + 1);
  }
}

function save(): void {
  try {
    hot.save();
  } catch {
    // The next run learns anew what is hot.
  }
}
