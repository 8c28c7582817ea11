/** The thread of one hart. It lives in shared memory: nothing is told by messages once it runs. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BusSource, GuestMemory, PhysicalBus, TimeSource } from './contract.ts';
import { TIMEBASE_HZ } from './contract.ts';
import { Clint } from './clint.ts';
import { Hart } from './hart.ts';
import { HartSignals } from './hart-signals.ts';
import { RegionChannel, type RegionPort } from './jit/region-channel.ts';
import * as layout from './layout.ts';
import { answerSbi, type SbiContext } from './sbi.ts';

/** What the thread is started with. */
export interface HartWorkerData {
  readonly guest: GuestMemory;
  readonly hartId: number;
  readonly bus: BusSource;
  readonly time: TimeSource;
  readonly originMs: number;
  /** Whether calls of the SBI are answered here; else harts begin in machine mode, and firmware answers. */
  readonly hasSbi: boolean;
  /** See `HartOptions.hotAfter`. */
  readonly hotAfter?: number | undefined;
  /** See `HartsOptions.maxSleepMs`. */
  readonly maxSleepMs: number;
  /** The hart's end of the channel to the thread that compiles; null: this one does. */
  readonly regions: RegionPort | null;
}

/** Instructions between two looks at interrupts: tens of microseconds of translated code. */
const SLICE = 30_000;
const TICKS_PER_MS = TIMEBASE_HZ / 1000;

const data = workerData as HartWorkerData;
const { openBus } = (await import(data.bus.moduleUrl)) as { openBus: (handle: unknown) => PhysicalBus };
const bus = openBus(data.bus.handle);
const signals = new HartSignals(data.guest);
const clint = new Clint({ guest: data.guest, signals, bus, time: () => hart.time });
const regions = data.regions === null ? undefined : new RegionChannel(data.regions);
const hart: Hart = new Hart({ ...data, bus: data.hasSbi ? bus : clint, regions });
parentPort?.postMessage('ready');
live({ hart, guest: data.guest, bus, signals });

function live(context: SbiContext): never {
  const { hartId } = context.hart;
  for (;;) {
    const seen = signals.takeInterrupts(hartId);
    if (!isToRun(hartId)) {
      signals.setActive(hartId, false);
      signals.sleep(hartId, seen, Infinity);
      continue;
    }
    signals.setActive(hartId, true);
    // Asked for while this hart was taken for inactive, a request must be seen now.
    const requests = signals.takeRequests(hartId);
    if (requests !== 0) hart.serve(requests);
    const state = signals.state(hartId);
    if ((state & layout.HSM_RESTORED) !== 0) {
      hart.adopt();
      signals.setState(hartId, state & ~layout.HSM_RESTORED);
      continue;
    }
    if ((state & layout.HSM_SUSPENDED) !== 0) {
      if (!hart.hasWakeup) {
        sleepUntilInterrupt(hartId);
        continue;
      }
      signals.setState(hartId, (state & layout.HSM_FORGETS) === 0 ? layout.HSM_STARTED : layout.HSM_START_PENDING);
    }
    if (signals.state(hartId) === layout.HSM_START_PENDING) {
      hart.reset({ ...signals.startOf(hartId), mode: data.hasSbi ? 'supervisor' : 'machine' });
      signals.setState(hartId, layout.HSM_STARTED);
    }
    // Only an interrupt ends WFI; this thread is woken for other reasons too.
    if (hart.isInWfi && !hart.hasWakeup) {
      sleepUntilInterrupt(hartId);
      continue;
    }
    if (hart.runSlice(SLICE) === layout.EXIT_SBI) answerSbi(context);
  }
}

function isToRun(hartId: number): boolean {
  return signals.command(hartId) === layout.COMMAND_RUN && signals.state(hartId) !== layout.HSM_STOPPED;
}

function sleepUntilInterrupt(hartId: number): void {
  const seen = signals.interrupts(hartId);
  if (hart.hasWakeup) return;
  const ticks = hart.ticksToTimer;
  if (data.time !== 'host' && ticks !== Infinity) {
    // Also when a pause came just now, which is no business of the guest's time.
    hart.skipTime(ticks);
    return;
  }
  // Somebody wants something, which is looked at first: what asked for it is taken back there and nowhere else.
  if ((seen & layout.ATTENTION) !== 0) return;
  signals.sleep(hartId, seen, Math.min(ticks / TICKS_PER_MS, data.maxSleepMs));
}
