// Virtual memory: Sv39 and Sv48, pages of every size, who may do what, and what SFENCE.VMA is for.
#include "program.h"

enum { VALID = 1, READ = 2, WRITE = 4, RUN = 8, USER = 16, ACCESSED = 64, DIRTY = 128 };
enum { LOAD_FAULT = 13, STORE_FAULT = 15 };
#define SUM (1ul << 18)
#define MXR (1ul << 19)

typedef u64 table[512] __attribute__((aligned(4096)));
static table root39, root48, middle, leaves, data[4];

// Where the small pages are: entry 5 of the root, 0 of the middle.
#define VIRTUAL (5ul << 30)

static u64 entry(const volatile void *physical, u64 bits) { return ((u64)physical >> 12) << 10 | bits; }
static void flush(void) { __asm__ volatile("sfence.vma" ::: "memory"); }

// Leaves machine mode for supervisor mode; the next ecall comes back.
static void toSupervisor(void) {
  __asm__ volatile("li t0, 0x1000\ncsrc mstatus, t0\nli t0, 0x800\ncsrs mstatus, t0\nlla t0, 1f\ncsrw mepc, t0\nmret\n1:" ::: "t0", "memory");
}
static void toMachine(void) { __asm__ volatile(".option push\n.option norvc\necall\n.option pop" ::: "memory"); }

static u64 load(u64 address) {
  u64 value = 0;
  __asm__ volatile(".option push\n.option norvc\nld %0, 0(%1)\n.option pop" : "+r"(value) : "r"(address) : "memory");
  return value;
}
static void store(u64 address, u64 value) {
  __asm__ volatile(".option push\n.option norvc\nsd %1, 0(%0)\n.option pop" ::"r"(address), "r"(value) : "memory");
}
static int faults(u64 cause, u64 address, u64 before) {
  return trap.count == before + 1 && trap.cause == cause && trap.value == address;
}

static void tryAll(u64 number, u64 satp, u64 base) {
  leaves[0] = entry(data[0], VALID | READ | WRITE | ACCESSED | DIRTY);
  leaves[1] = entry(data[1], VALID | READ | ACCESSED);
  leaves[2] = entry(data[2], VALID | READ | WRITE | USER | ACCESSED | DIRTY);
  leaves[3] = entry(data[3], VALID | RUN | ACCESSED);
  leaves[4] = 0;
  leaves[5] = entry(data[0], VALID | WRITE);
  for (u64 i = 0; i < 4; i++) data[i][0] = 100 + i;
  write_csr(satp, satp);
  write_csr(mstatus, read_csr(mstatus) & ~(SUM | MXR));
  flush();
  toSupervisor();
  u64 n = trap.count;
  check(number, load(base) == 100 && load(base + 4096) == 101 && trap.count == n);
  store(base, 7);
  check(number + 1, load(base) == 7 && data[0][0] == 7 && trap.count == n);
  store(base + 4096 + 8, 1);
  check(number + 2, faults(STORE_FAULT, base + 4096 + 8, n) && data[1][1] == 0);
  load(base + 2 * 4096), check(number + 3, faults(LOAD_FAULT, base + 2 * 4096, n + 1));
  load(base + 3 * 4096), check(number + 4, faults(LOAD_FAULT, base + 3 * 4096, n + 2));
  load(base + 4 * 4096), check(number + 5, faults(LOAD_FAULT, base + 4 * 4096, n + 3));
  load(base + 5 * 4096), check(number + 6, faults(LOAD_FAULT, base + 5 * 4096, n + 4));
  // Bits above those that are translated must be like the highest of them.
  load(base | 1ul << 60), check(number + 7, faults(LOAD_FAULT, base | 1ul << 60, n + 5));
  // Half of it on a page that is there.
  load(base + 4 * 4096 - 4), check(number + 8, trap.count == n + 7 && trap.cause == LOAD_FAULT);
  toMachine();
  write_csr(mstatus, read_csr(mstatus) | SUM | MXR);
  toSupervisor();
  n = trap.count;
  check(number + 9, load(base + 2 * 4096) == 102 && load(base + 3 * 4096) == 103 && trap.count == n);
  // What was translated is forgotten when told so.
  leaves[0] = entry(data[1], VALID | READ | ACCESSED);
  flush();
  check(number + 10, load(base) == 101);
  leaves[0] = entry(data[0], VALID | READ | ACCESSED);
  __asm__ volatile("sfence.vma %0" ::"r"(base) : "memory");
  check(number + 11, load(base) == 7);
  toMachine();
}

int main(void) {
  write_csr(pmpaddr0, ~0ul >> 10);
  write_csr(pmpcfg0, 0x1f);
  // All of this program lies in a page of a gigabyte, one to one.
  root39[2] = entry((void *)0x80000000ul, VALID | READ | WRITE | RUN | ACCESSED | DIRTY);
  root39[5] = entry(middle, VALID);
  middle[0] = entry(leaves, VALID);
  middle[1] = entry((void *)0x80000000ul, VALID | READ | ACCESSED);
  middle[2] = entry((void *)0x80001000ul, VALID | READ | ACCESSED);
  tryAll(10, 8ul << 60 | (u64)root39 >> 12, VIRTUAL);
  root48[0] = entry(root39, VALID);
  tryAll(30, 9ul << 60 | (u64)root48 >> 12, VIRTUAL);

  // Two megabytes at once; a place that does not begin with such a page is no place for one.
  toSupervisor();
  u64 n = trap.count;
  check(50, load(VIRTUAL + 0x200000 + ((u64)&data[1][0] - 0x80000000ul)) == 101 && trap.count == n);
  load(VIRTUAL + 0x400000), check(51, faults(LOAD_FAULT, VIRTUAL + 0x400000, n));
  toMachine();
  write_csr(satp, 0);
  return 0;
}
