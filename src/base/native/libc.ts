/**
 * The system calls that Node does not offer, called in the C library of this process. 64-bit little-endian Linux only
 * (x86-64, arm64, riscv64), whose struct layouts agree. Private to this folder: the modules beside it are what others use.
 *
 * Every function returns −1 on failure and leaves the reason to `koffi.errno()`, which the next native call overwrites.
 */
import koffi from 'koffi';
import { getSystemErrorMap } from 'node:util';
import { HostError } from '../errors.ts';

const library = koffi.load(null);

/** A pointer argument: memory of a typed array, an address, or null. */
export type Pointer = ArrayBufferView | bigint | null;

export const libc = {
  close: library.func('int close(int)') as unknown as (fd: number) => number,
  fcntl: library.func('int fcntl(int, int, ...)') as unknown as (
    fd: number,
    command: number,
    type: 'int',
    argument: number,
  ) => number,
  lock: library.func('int fcntl(int, int, void *)') as unknown as (
    fd: number,
    command: number,
    flock: Pointer,
  ) => number,
  read: library.func('int64_t read(int, void *, size_t)') as unknown as (
    fd: number,
    into: Pointer,
    size: number,
  ) => number,
  write: library.func('int64_t write(int, void *, size_t)') as unknown as (
    fd: number,
    from: Pointer,
    size: number,
  ) => number,
  preadv2: library.func('int64_t preadv2(int, void *, int, int64_t, int)') as unknown as (
    fd: number,
    pieces: Pointer,
    count: number,
    offset: number,
    flags: number,
  ) => number,
  socketpair: library.func('int socketpair(int, int, int, void *)') as unknown as (
    domain: number,
    type: number,
    protocol: number,
    pair: Pointer,
  ) => number,
  socket: library.func('int socket(int, int, int)') as unknown as (
    domain: number,
    type: number,
    protocol: number,
  ) => number,
  bind: library.func('int bind(int, void *, uint32_t)') as unknown as (
    fd: number,
    address: Pointer,
    size: number,
  ) => number,
  listen: library.func('int listen(int, int)') as unknown as (fd: number, backlog: number) => number,
  accept4: library.func('int accept4(int, void *, void *, int)') as unknown as (
    fd: number,
    address: Pointer,
    size: Pointer,
    flags: number,
  ) => number,
  sendmsg: library.func('int64_t sendmsg(int, void *, int)') as unknown as (
    fd: number,
    message: Pointer,
    flags: number,
  ) => number,
  recvmsg: library.func('int64_t recvmsg(int, void *, int)') as unknown as (
    fd: number,
    message: Pointer,
    flags: number,
  ) => number,
  send: library.func('int64_t send(int, void *, size_t, int)') as unknown as (
    fd: number,
    from: Pointer,
    size: number,
    flags: number,
  ) => number,
  recv: library.func('int64_t recv(int, void *, size_t, int)') as unknown as (
    fd: number,
    into: Pointer,
    size: number,
    flags: number,
  ) => number,
  poll: library.func('int poll(void *, uint64_t, int)') as unknown as (
    fds: Pointer,
    count: number,
    timeoutMs: number,
  ) => number,
  mmap: library.func('void *mmap(void *, size_t, int, int, int, int64_t)') as unknown as (
    hint: Pointer,
    size: number,
    protection: number,
    flags: number,
    fd: number,
    offset: number,
  ) => bigint,
  munmap: library.func('int munmap(void *, size_t)') as unknown as (address: bigint, size: number) => number,
  madvise: library.func('int madvise(void *, size_t, int)') as unknown as (
    address: Pointer,
    size: number,
    advice: number,
  ) => number,
  memfdCreate: library.func('int memfd_create(const char *, uint32_t)') as unknown as (
    name: string,
    flags: number,
  ) => number,
  ftruncate: library.func('int ftruncate(int, int64_t)') as unknown as (fd: number, size: number) => number,
  flock: library.func('int flock(int, int)') as unknown as (fd: number, operation: number) => number,
  lseek: library.func('int64_t lseek(int, int64_t, int)') as unknown as (
    fd: number,
    offset: number,
    whence: number,
  ) => number,
  dup3: library.func('int dup3(int, int, int)') as unknown as (from: number, to: number, flags: number) => number,
  eventfd: library.func('int eventfd(uint32_t, int)') as unknown as (count: number, flags: number) => number,
  epollCreate1: library.func('int epoll_create1(int)') as unknown as (flags: number) => number,
  epollCtl: library.func('int epoll_ctl(int, int, int, void *)') as unknown as (
    epoll: number,
    operation: number,
    fd: number,
    event: Pointer,
  ) => number,
  prctl: library.func('int prctl(int, uint64_t, uint64_t, uint64_t, uint64_t)') as unknown as (
    option: number,
    a: number,
    b: number,
    c: number,
    d: number,
  ) => number,
  seccomp: library.func('int64_t syscall(int64_t, uint64_t, uint64_t, void *)') as unknown as (
    number: number,
    operation: number,
    flags: number,
    program: Pointer,
  ) => number,
  createRuleset: library.func('int64_t syscall(int64_t, void *, size_t, uint64_t)') as unknown as (
    number: number,
    attributes: Pointer,
    size: number,
    flags: number,
  ) => number,
  addRule: library.func('int64_t syscall(int64_t, int64_t, int64_t, void *, uint64_t)') as unknown as (
    number: number,
    ruleset: number,
    type: number,
    attributes: Pointer,
    flags: number,
  ) => number,
  restrictSelf: library.func('int64_t syscall(int64_t, int64_t, uint64_t)') as unknown as (
    number: number,
    ruleset: number,
    flags: number,
  ) => number,
  setrlimit: library.func('int setrlimit(int, void *)') as unknown as (resource: number, limit: Pointer) => number,
} as const;

/** Error numbers of Linux that callers act on; they are the same on every architecture we run on. */
export const EINTR = 4;
export const EAGAIN = 11;

/** The reason of the last native call that failed. */
export function errno(): number {
  return koffi.errno();
}

/** What a native call that just failed becomes: `code` is the name of the reason, such as `EMFILE`. */
export function hostError(call: string, number: number = koffi.errno()): HostError {
  const [name, text] = getSystemErrorMap().get(-number) ?? [`E${number}`, `error ${number}`];
  return new HostError(name, `${call} failed: ${text} (${name})`);
}

/** The address of memory that must stay reachable for as long as the address is used. */
export function addressOf(memory: ArrayBufferView): bigint {
  return koffi.address(memory);
}
