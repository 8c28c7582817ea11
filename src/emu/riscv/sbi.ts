/**
 * The Supervisor Binary Interface (version 2.0), answered by the machine itself in the thread of the hart that calls: BASE,
 * TIME, IPI, RFENCE, HSM, SRST, PMU, DBCN and the legacy console. Function in a6, extension in a7, arguments in a0 to a5; the
 * answer is an error in a0 and a value in a1.
 */
import type { GuestMemory, PhysicalBus } from './contract.ts';
import type { Hart } from './hart.ts';
import type { HartSignals } from './hart-signals.ts';
import * as layout from './layout.ts';

const ERROR = { success: 0, failed: -1, notSupported: -2, invalidParameter: -3, alreadyAvailable: -6 } as const;

const FINISHER = 0x100000;
const UART = 0x10000000;
const MAX_CONSOLE_BYTES = 4096;

/** What the calls work on. */
export interface SbiContext {
  readonly hart: Hart;
  readonly guest: GuestMemory;
  readonly bus: PhysicalBus;
  readonly signals: HartSignals;
}

interface Answer {
  readonly error: number;
  readonly value?: bigint;
}

type Call = (args: readonly bigint[], context: SbiContext) => Answer;

const DONE: Answer = { error: ERROR.success };

function give(value: bigint): Answer {
  return { error: ERROR.success, value };
}

/** Harts of a mask of 64 from a base; a base of all ones means every hart. Null: one of them is not there. */
function hartsOf(mask: bigint, base: bigint, { guest }: SbiContext): number[] | null {
  const all = Array.from({ length: guest.hartCount }, (_, hart) => hart);
  if (base === (1n << 64n) - 1n) return all;
  const chosen = all.filter((hart) => BigInt(hart) >= base && ((mask >> (BigInt(hart) - base)) & 1n) !== 0n);
  const named = mask.toString(2).replaceAll('0', '').length;
  return named === chosen.length ? chosen : null;
}

const sendIpi: Call = ([mask = 0n, base = 0n], context) => {
  const harts = hartsOf(mask, base, context);
  if (harts === null) return { error: ERROR.invalidParameter };
  for (const hart of harts) context.signals.interrupt(hart, 1 << 1);
  return DONE;
};

function remoteFence(request: number): Call {
  return ([mask = 0n, base = 0n], context) => {
    const harts = hartsOf(mask, base, context);
    if (harts === null) return { error: ERROR.invalidParameter };
    const { hart, signals } = context;
    if (harts.includes(hart.hartId)) hart.serve(request);
    signals.request(
      harts.filter((other) => other !== hart.hartId),
      request,
      () => hart.serve(signals.takeRequests(hart.hartId)),
    );
    return DONE;
  };
}

const startHart: Call = ([id = 0n, address = 0n, opaque = 0n], { guest, signals }) => {
  if (id >= BigInt(guest.hartCount)) return { error: ERROR.invalidParameter };
  const isStarted = signals.start(Number(id), { pc: address, a0: id, a1: opaque });
  return isStarted ? DONE : { error: ERROR.alreadyAvailable };
};

const RETENTIVE = 0n;
const NON_RETENTIVE = 0x8000_0000n;

/** The hart sleeps until an interrupt is pending that it has enabled; it goes on behind the call, or where it says. */
const suspend: Call = ([type = 0n, address = 0n, opaque = 0n], { hart, signals }) => {
  if (type !== RETENTIVE && type !== NON_RETENTIVE) return { error: ERROR.invalidParameter };
  const { hartId } = hart;
  if (type === NON_RETENTIVE) signals.setStart(hartId, { pc: address, a0: BigInt(hartId), a1: opaque });
  signals.setState(hartId, layout.HSM_SUSPENDED | (type === RETENTIVE ? 0 : layout.HSM_FORGETS));
  return DONE;
};

/** Counters of the PMU extension: cycle and instret, which always run. Number 1 would be the time. */
const COUNTERS: ReadonlyMap<bigint, { readonly csr: bigint; readonly event: bigint; readonly base: number }> = new Map([
  [0n, { csr: 0xc00n, event: 1n, base: layout.H_CYCLE_BASE }],
  [2n, { csr: 0xc02n, event: 2n, base: layout.H_INSTRET_BASE }],
]);
const PMU = { skipMatch: 1n, clearValue: 2n, setValue: 1n } as const;

const countersOf = (base: bigint, mask: bigint): bigint[] | null => {
  const named = Array.from({ length: 64 }, (_, i) => BigInt(i)).filter((i) => ((mask >> i) & 1n) !== 0n);
  const numbers = named.map((i) => base + i);
  return numbers.length > 0 && numbers.every((number) => number < 3n) ? numbers.filter((it) => COUNTERS.has(it)) : null;
};

function setCounter(number: bigint, value: bigint, { hart }: SbiContext): void {
  const counter = COUNTERS.get(number);
  if (counter !== undefined) hart.set64(counter.base, BigInt.asUintN(64, value - hart.instructionsRetired));
}

const counterInfo: Call = ([number = 0n]) => {
  const counter = COUNTERS.get(number);
  return counter === undefined ? { error: ERROR.invalidParameter } : give(counter.csr | (63n << 12n));
};

const configureCounter: Call = ([base = 0n, mask = 0n, flags = 0n, event = 0n], context) => {
  const numbers = countersOf(base, mask);
  if (numbers === null) return { error: ERROR.invalidParameter };
  const isWanted = (number: bigint): boolean => (flags & PMU.skipMatch) !== 0n || COUNTERS.get(number)?.event === event;
  const number = numbers.find(isWanted);
  if (number === undefined) return { error: ERROR.notSupported };
  if ((flags & PMU.clearValue) !== 0n) setCounter(number, 0n, context);
  return give(number);
};

const startCounters: Call = ([base = 0n, mask = 0n, flags = 0n, value = 0n], context) => {
  const numbers = countersOf(base, mask);
  if (numbers === null) return { error: ERROR.invalidParameter };
  if ((flags & PMU.setValue) !== 0n) for (const number of numbers) setCounter(number, value, context);
  return DONE;
};

const stopCounters: Call = ([base = 0n, mask = 0n]) =>
  countersOf(base, mask) === null ? { error: ERROR.invalidParameter } : DONE;

const reset: Call = ([type = 0n, reason = 0n], { bus }) => {
  if (type > 2n) return { error: ERROR.invalidParameter };
  const word = type !== 0n ? 0x7777 : reason === 0n ? 0x5555 : 0x3333 | (1 << 16);
  bus.store(FINISHER, 4, word);
  return DONE;
};

/** Bytes of RAM at a physical address, null when they are not all RAM. */
function ramBytes(address: bigint, count: bigint, { guest }: SbiContext): Uint8Array | null {
  const offset = address - BigInt(layout.RAM_BASE);
  if (offset < 0n || offset + count > BigInt(guest.ramBytes)) return null;
  return new Uint8Array(guest.memory.buffer, guest.ramOffset + Number(offset), Number(count));
}

const writeConsole: Call = ([count = 0n, low = 0n, high = 0n], context) => {
  const bounded = count > MAX_CONSOLE_BYTES ? BigInt(MAX_CONSOLE_BYTES) : count;
  const bytes = high === 0n ? ramBytes(low, bounded, context) : null;
  if (bytes === null) return { error: ERROR.invalidParameter };
  for (const byte of bytes) context.bus.store(UART, 1, byte);
  return give(bounded);
};

const writeConsoleByte: Call = ([byte = 0n], { bus }) => {
  bus.store(UART, 1, Number(byte & 0xffn));
  return DONE;
};

const setTimer: Call = ([time = 0n], { hart }) => {
  hart.set64(layout.H_STIMECMP, time);
  return DONE;
};

/** By extension, then by function. */
const EXTENSIONS: ReadonlyMap<bigint, Readonly<Record<number, Call>>> = new Map<bigint, Record<number, Call>>([
  [
    0x10n,
    {
      0: () => give(0x0200_0000n),
      // The number of an implementation that nobody else has.
      1: () => give(0x5aff_0000n),
      2: () => give(1n),
      3: ([extension = 0n]) => give(EXTENSIONS.has(extension) ? 1n : 0n),
      4: () => give(0n),
      5: () => give(0n),
      6: () => give(0n),
    },
  ],
  [0x54494d45n, { 0: setTimer }],
  [0x735049n, { 0: sendIpi }],
  [
    0x52464e43n,
    {
      0: remoteFence(layout.REQUEST_FENCE_I),
      1: remoteFence(layout.REQUEST_SFENCE),
      2: remoteFence(layout.REQUEST_SFENCE),
    },
  ],
  [
    0x48534dn,
    {
      0: startHart,
      1: (_, { hart, signals }) => {
        signals.setState(hart.hartId, layout.HSM_STOPPED);
        return DONE;
      },
      2: ([id = 0n], { guest, signals }) =>
        id < BigInt(guest.hartCount)
          ? give(BigInt(signals.state(Number(id)) & ~(layout.HSM_FORGETS | layout.HSM_RESTORED)))
          : { error: ERROR.invalidParameter },
      3: suspend,
    },
  ],
  [0x53525354n, { 0: reset }],
  [0x504d55n, { 0: () => give(3n), 1: counterInfo, 2: configureCounter, 3: startCounters, 4: stopCounters }],
  [0x4442434en, { 0: writeConsole, 1: () => give(0n), 2: writeConsoleByte }],
]);

const LEGACY_SET_TIMER = 0n;
const LEGACY_PUT_CHARACTER = 1n;

/** Answers the call that the hart came back with. */
export function answerSbi(context: SbiContext): void {
  const { hart } = context;
  const register = (number: number): bigint => hart.get64(layout.H_X + number * 8);
  const extension = register(17);
  const args = [10, 11, 12, 13, 14, 15].map(register);
  const functionNumber = register(16);
  // Legacy calls have no function and answer in a0 alone.
  if (extension === LEGACY_SET_TIMER || extension === LEGACY_PUT_CHARACTER) {
    (extension === LEGACY_SET_TIMER ? setTimer : writeConsoleByte)(args, context);
    hart.set64(layout.H_X + 80, 0n);
    return;
  }
  const call = functionNumber < 64n ? EXTENSIONS.get(extension)?.[Number(functionNumber)] : undefined;
  const { error, value = 0n } = call?.(args, context) ?? { error: ERROR.notSupported };
  hart.set64(layout.H_X + 80, BigInt.asUintN(64, BigInt(error)));
  hart.set64(layout.H_X + 88, value);
}
