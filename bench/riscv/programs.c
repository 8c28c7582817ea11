/* What the guest does, one part chosen by -DPART_...: bare metal in machine mode, ends by the test finisher. */
typedef unsigned long u64;
typedef unsigned int u32;

/* First in the file, so first in memory. */
__asm__(".text\n.globl _start\n_start:\n  la sp, stack_end\n  li t0, 0x6000\n  csrs mstatus, t0\n"
        "  call work\n  la t0, checksum\n  sd a0, 0(t0)\n  li t0, 0x100000\n  li t1, 0x5555\n  sw t1, 0(t0)\n1: j 1b\n");

u64 checksum;
static char stack[65536] __attribute__((used, aligned(16)));
__asm__(".globl stack_end\n.set stack_end, stack + 65536\n");

#if defined(PART_INTEGER)
static u64 mix(u64 a, u64 b) { a ^= b * 0x9e3779b97f4a7c15ul; a = (a << 31) | (a >> 33); return a * 0xd6e8feb86659fd93ul + b; }
u64 work(void) {
  u64 a = 1, b = 2;
  for (u32 i = 0; i < 40000000; i++) { b = mix(b, a + i); a += b / (i | 1); }
  return a ^ b;
}
#elif defined(PART_MEMORY)
static struct node { struct node *next; u64 value; } nodes[1 << 16];
u64 work(void) {
  u32 at = 0;
  for (u32 i = 0; i < 1 << 16; i++) { u32 to = (at * 1664525u + 1013904223u) & 0xffff; nodes[at].next = &nodes[to]; nodes[at].value = i; at = to; }
  u64 sum = 0;
  struct node *it = nodes;
  for (u32 i = 0; i < 60000000; i++) { sum += it->value; it->value = sum; it = it->next; }
  return sum;
}
#elif defined(PART_BRANCHES)
static unsigned char text[4096];
static __attribute__((noinline)) u32 step(u32 state, u32 c) {
  if (c < 32) return state == 3 ? 0 : state + 1;
  if (c < 96) return state & 1 ? 2 : 3;
  switch (state) { case 0: return c & 4 ? 1 : 2; case 1: return c & 8 ? 3 : 0; case 2: return c & 16 ? 0 : 1; default: return c & 1; }
}
u64 work(void) {
  for (u32 i = 0; i < 4096; i++) text[i] = (unsigned char)(i * i * 7 + i / 3);
  u64 sum = 0;
  u32 state = 0;
  for (u32 round = 0; round < 6000; round++) for (u32 i = 0; i < 4096; i++) { state = step(state, text[i]); sum += state * i; }
  return sum;
}
#else
static double a[64][64], b[64][64], c[64][64];
u64 work(void) {
  for (int i = 0; i < 64; i++) for (int j = 0; j < 64; j++) { a[i][j] = 1.0 / (i + j + 1); b[i][j] = 0.5 + i * 0.01 - j * 0.003; }
  for (int round = 0; round < 60; round++)
    for (int i = 0; i < 64; i++) for (int j = 0; j < 64; j++) {
      double t = c[i][j] * 0.5;
      for (int k = 0; k < 64; k++) t += a[i][k] * b[k][j];
      c[i][j] = t;
    }
  union { double d; u64 u; } whole = { c[5][7] };
  return whole.u;
}
#endif
