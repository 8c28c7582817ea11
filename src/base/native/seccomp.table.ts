/**
 * System calls that a process which only computes has no use for, with their numbers: x86-64 has its own, arm64 and riscv64
 * share the generic ones.
 */

/** A system call: its number on x86-64, and on others. */
export const deniedCalls = {
  // Networks, and whatever else a socket reaches.
  socket: [41, 198],
  // Other programs.
  execve: [59, 221],
  execveat: [322, 281],
  // Other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  tkill: [200, 130],
  pidfd_send_signal: [424, 424],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  // The system around it.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  setns: [308, 268],
  unshare: [272, 97],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  open_by_handle_at: [304, 265],
  // Large parts of the kernel that nothing here uses; the last would go around this table.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  io_uring_setup: [425, 425],
} as const satisfies Readonly<Record<string, readonly [x64: number, generic: number]>>;

/** Those that are denied but for the process itself, by their first argument. */
export const selfOnlyCalls = {
  kill: [62, 129],
  tgkill: [234, 131],
} as const satisfies Readonly<Record<string, readonly [x64: number, generic: number]>>;

/** Architectures by Node's names: how the kernel names them to filters (AUDIT_ARCH_*), and the number of seccomp(2). */
export const architectures: Readonly<Record<string, { readonly audit: number; readonly seccomp: number }>> = {
  x64: { audit: 0xc000003e, seccomp: 317 },
  arm64: { audit: 0xc00000b7, seccomp: 277 },
  riscv64: { audit: 0xc00000f3, seccomp: 277 },
};
