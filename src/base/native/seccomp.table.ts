/**
 * System calls that a process which only computes has no use for, with their numbers: x86-64 has its own, arm64 and riscv64
 * share the generic ones.
 */

/** Numbers of a system call on x86-64 and on others; null where it is not there. */
type Numbers = readonly [x64: number, generic: number | null];

/** Those that are denied whatever their arguments. */
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
  // Files: whatever it could leave in one, a process of somebody else may read. What is open can be written.
  creat: [85, null],
  openat2: [437, 437],
  truncate: [76, 45],
  rename: [82, null],
  renameat: [264, 38],
  renameat2: [316, 276],
  link: [86, null],
  linkat: [265, 37],
  symlink: [88, null],
  symlinkat: [266, 36],
  unlink: [87, null],
  unlinkat: [263, 35],
  mkdir: [83, null],
  mkdirat: [258, 34],
  rmdir: [84, null],
  mknod: [133, null],
  mknodat: [259, 33],
  chmod: [90, null],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchmodat2: [452, 452],
  chown: [92, null],
  lchown: [94, null],
  fchown: [93, 55],
  fchownat: [260, 54],
} as const satisfies Readonly<Record<string, Numbers>>;

/** Those that are denied but for the process itself, by their first argument. */
export const selfOnlyCalls = {
  kill: [62, 129],
  tgkill: [234, 131],
} as const satisfies Readonly<Record<string, Numbers>>;

/** Those that open files, by the place of the argument with the flags: they may not open to write. */
export const openingCalls = {
  open: { numbers: [2, null], flagsArgument: 1 },
  openat: { numbers: [257, 56], flagsArgument: 2 },
} as const satisfies Readonly<Record<string, { readonly numbers: Numbers; readonly flagsArgument: number }>>;

/** Architectures by Node's names: how the kernel names them to filters (AUDIT_ARCH_*), and the number of seccomp(2). */
export const architectures: Readonly<Record<string, { readonly audit: number; readonly seccomp: number }>> = {
  x64: { audit: 0xc000003e, seccomp: 317 },
  arm64: { audit: 0xc00000b7, seccomp: 277 },
  riscv64: { audit: 0xc00000f3, seccomp: 277 },
};
