/**
 * Unix stream sockets that carry file descriptors (SCM_RIGHTS). Node's own sockets drop descriptors they receive: keep
 * such a socket out of `node:net` and watch it with poll.ts.
 *
 * msghdr:  +0 name  +8 name size  +16 → iovec  +24 iovec count  +32 → control  +40 control size  +48 flags
 * iovec:   +0 → bytes  +8 size            cmsghdr: +0 size (with header)  +8 level  +12 type  +16 descriptors
 */
import { assert } from '../assert.ts';
import { HostError } from '../errors.ts';
import { closeFd } from './fd.ts';
import { addressOf, EAGAIN, EINTR, errno, hostError, libc } from './libc.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CTRUNC = 0x8;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const CMSG_HEADER = 16;

/** What a call returns when it would have to wait: try again when the socket is readable or writable. */
export const WOULD_BLOCK = -1;

/** The most descriptors that one message carries (the kernel's SCM_MAX_FD). */
export const MAX_FDS_PER_MESSAGE = 253;

// One set of headers serves every call of this thread: calls are synchronous, and the kernel keeps no pointer to them.
const header = new DataView(new ArrayBuffer(56));
const vector = new DataView(new ArrayBuffer(16));
const control = new DataView(new ArrayBuffer(CMSG_HEADER + 4 * (MAX_FDS_PER_MESSAGE + 1)));
const controlAddress = addressOf(control);
header.setBigUint64(16, addressOf(vector), true);
header.setBigUint64(24, 1n, true);

/** Two connected stream sockets, closed on exec. Throws HostError. */
export function socketPair(): [number, number] {
  const pair = new Int32Array(new ArrayBuffer(8));
  if (libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) throw hostError('socketpair');
  return [pair[0]!, pair[1]!];
}

/**
 * Reads what has arrived, at most `into.length` bytes. Returns how many, 0 at the end of the stream, `WOULD_BLOCK` when
 * nothing has arrived; never waits. Descriptors that came along are appended to `fds` and belong to the caller, closed
 * on exec. Throws HostError (`ECONNRESET`; `EMFILE` when this process could not take all descriptors: those that were
 * taken are closed again, and the bytes are lost).
 */
export function receiveMessage(socket: number, into: Uint8Array, fds: number[]): number {
  assert(into.length > 0, 'an empty buffer cannot tell data from the end of the stream');
  header.setBigUint64(32, controlAddress, true);
  header.setBigUint64(40, BigInt(control.byteLength), true);
  header.setInt32(48, 0, true);
  vector.setBigUint64(0, addressOf(into), true);
  vector.setBigUint64(8, BigInt(into.length), true);
  let count = libc.recvmsg(socket, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (count < 0) {
    const reason = errno();
    if (reason === EAGAIN) return WOULD_BLOCK;
    if (reason !== EINTR) throw hostError('recvmsg', reason);
    count = libc.recvmsg(socket, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  }
  const first = fds.length;
  const size = Math.min(Number(header.getBigUint64(40, true)), control.byteLength);
  for (let at = 0; at + CMSG_HEADER <= size;) {
    const length = Number(control.getBigUint64(at, true));
    if (length < CMSG_HEADER) break;
    if (control.getInt32(at + 8, true) === SOL_SOCKET && control.getInt32(at + 12, true) === SCM_RIGHTS) {
      const end = Math.min(at + length, size);
      for (let p = at + CMSG_HEADER; p + 4 <= end; p += 4) fds.push(control.getInt32(p, true));
    }
    at += (length + 7) & ~7;
  }
  if ((header.getInt32(48, true) & MSG_CTRUNC) !== 0) {
    for (const fd of fds.splice(first)) closeFd(fd);
    throw new HostError(
      'EMFILE',
      'recvmsg could not take all file descriptors: raise the limit on open files (EMFILE)',
    );
  }
  return count;
}

/**
 * Reads as `receiveMessage` does, from a peer that is to send no descriptors: those it sends all the same the kernel closes.
 * Throws HostError (`ECONNRESET`).
 */
export function receiveBytes(socket: number, into: Uint8Array): number {
  assert(into.length > 0, 'an empty buffer cannot tell data from the end of the stream');
  for (;;) {
    const count = libc.recv(socket, into, into.length, MSG_DONTWAIT);
    if (count >= 0) return count;
    const reason = errno();
    if (reason === EAGAIN) return WOULD_BLOCK;
    if (reason !== EINTR) throw hostError('recv', reason);
  }
}

/**
 * Sends bytes, and descriptors with the first of them; the descriptors stay the caller's. Returns how many bytes went
 * (the descriptors go with the first), or `WOULD_BLOCK` when nothing did; never waits. At least one byte must go with
 * descriptors. Throws HostError (`EPIPE`, `ECONNRESET`, `EBADF`).
 */
export function sendMessage(socket: number, bytes: Uint8Array, fds: readonly number[] = []): number {
  assert(bytes.length > 0, 'a message needs a byte');
  assert(fds.length <= MAX_FDS_PER_MESSAGE, 'too many descriptors for one message');
  if (fds.length > 0) putDescriptors(bytes, fds);
  for (;;) {
    const count =
      fds.length > 0
        ? libc.sendmsg(socket, header, MSG_DONTWAIT | MSG_NOSIGNAL)
        : libc.send(socket, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return count;
    const reason = errno();
    if (reason === EAGAIN) return WOULD_BLOCK;
    if (reason !== EINTR) throw hostError('sendmsg', reason);
  }
}

function putDescriptors(bytes: Uint8Array, fds: readonly number[]): void {
  const length = CMSG_HEADER + 4 * fds.length;
  control.setBigUint64(0, BigInt(length), true);
  control.setInt32(8, SOL_SOCKET, true);
  control.setInt32(12, SCM_RIGHTS, true);
  for (let i = 0; i < fds.length; i++) control.setInt32(CMSG_HEADER + 4 * i, fds[i]!, true);
  header.setBigUint64(32, controlAddress, true);
  header.setBigUint64(40, BigInt((length + 7) & ~7), true);
  header.setInt32(48, 0, true);
  vector.setBigUint64(0, addressOf(bytes), true);
  vector.setBigUint64(8, BigInt(bytes.length), true);
}
