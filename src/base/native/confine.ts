/**
 * Takes from this process what it does not need, for good: it is about to run native code on bytes of a stranger. Nothing
 * here asks for privileges, and what the system refuses is left out: some containers let nobody install filters.
 *
 *     sock_filter: +0 code  +2 jump if true  +3 jump if false  +4 value        sock_fprog: +0 count  +8 → filters
 *     seccomp_data: +0 number  +4 architecture  +16 + 8·n argument n, low word
 */
import process from 'node:process';
import { addressOf, libc } from './libc.ts';
import { architectures, deniedCalls, openingCalls, selfOnlyCalls } from './seccomp.table.ts';

const PR_SET_PDEATHSIG = 1;
const PR_SET_NO_NEW_PRIVS = 38;
const SIGKILL = 9;
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = 7;
const SET_MODE_FILTER = 1;
/** All threads, not only this one. */
const FILTER_FLAG_TSYNC = 1;

const LOAD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000;
const EPERM = 1;
const FIRST_ARGUMENT = 16;
const ARGUMENT_BYTES = 8;
/** Flags of open(2), the same on all that are listed: O_CREAT and O_TRUNC, and with them O_WRONLY and O_RDWR. */
const CHANGING_FLAGS = 0x240;
const WRITING_FLAGS = CHANGING_FLAGS | 0x3;
/** Numbers from here on are those of another ABI on x86-64. */
const X32_BIT = 0x40000000;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** Ends this process when the thread that started it ends from now on, however it does. */
export function dieWithParent(): void {
  libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/** What of it the system granted. */
export interface Confinement {
  /** No program that is started gets more rights. */
  readonly noNewPrivileges: boolean;
  /** No sockets, no programs, no other processes, no writing of files that are not open: seccomp.table.ts. */
  readonly callFilter: boolean;
}

/** What it still may. */
export interface Freedom {
  /** Descriptors at a time. */
  readonly maxFiles: number;
  /** Opens what is there to write to it, as drivers of hardware open devices at any time. */
  readonly mayOpenDevices: boolean;
}

/** Takes away system calls, core dumps and descriptors beyond `maxFiles`. What is open stays open. */
export function confine({ maxFiles, mayOpenDevices }: Freedom): Confinement {
  libc.setrlimit(RLIMIT_CORE, new BigUint64Array([0n, 0n]));
  libc.setrlimit(RLIMIT_NOFILE, new BigUint64Array([BigInt(maxFiles), BigInt(maxFiles)]));
  const noNewPrivileges = libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) === 0;
  return {
    noNewPrivileges,
    callFilter: noNewPrivileges && filterCalls(mayOpenDevices ? CHANGING_FLAGS : WRITING_FLAGS),
  };
}

function filterCalls(deniedFlags: number): boolean {
  const architecture = architectures[process.arch];
  if (architecture === undefined) return false;
  const column = process.arch === 'x64' ? 0 : 1;
  const instructions = programOf(architecture.audit, column, deniedFlags);
  const filters = new DataView(new ArrayBuffer(8 * instructions.length));
  for (const [i, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    filters.setUint16(8 * i, code, true);
    filters.setUint8(8 * i + 2, ifTrue);
    filters.setUint8(8 * i + 3, ifFalse);
    filters.setUint32(8 * i + 4, value, true);
  }
  const program = new DataView(new ArrayBuffer(16));
  program.setUint16(0, instructions.length, true);
  program.setBigUint64(8, addressOf(filters), true);
  return libc.seccomp(architecture.seccomp, SET_MODE_FILTER, FILTER_FLAG_TSYNC, program) === 0;
}

/** A filter that refuses calls with EPERM. */
function programOf(audit: number, column: 0 | 1, deniedFlags: number): Instruction[] {
  const refuse: Instruction = [RETURN, 0, 0, REFUSE | EPERM];
  const allow: Instruction = [RETURN, 0, 0, ALLOW];
  /** Refuses the call of a number when the check, a jump over one instruction if all is well, does not like an argument. */
  const check = (number: number | null, argument: number, ...test: Instruction): Instruction[] =>
    number === null
      ? []
      : [[JUMP_IF_EQUAL, 0, 4, number], [LOAD, 0, 0, FIRST_ARGUMENT + ARGUMENT_BYTES * argument], test, refuse, allow];
  return [
    [LOAD, 0, 0, 4],
    [JUMP_IF_EQUAL, 1, 0, audit],
    refuse,
    [LOAD, 0, 0, 0],
    [JUMP_IF_AT_LEAST, 0, 1, X32_BIT],
    refuse,
    ...Object.values(deniedCalls).flatMap(({ [column]: number }): Instruction[] =>
      number === null ? [] : [[JUMP_IF_EQUAL, 0, 1, number], refuse],
    ),
    ...Object.values(selfOnlyCalls).flatMap(({ [column]: number }) =>
      check(number, 0, JUMP_IF_EQUAL, 1, 0, process.pid),
    ),
    ...Object.values(openingCalls).flatMap(({ numbers, flagsArgument }) =>
      check(numbers[column], flagsArgument, JUMP_IF_ANY_BIT, 0, 1, deniedFlags),
    ),
    allow,
  ];
}
