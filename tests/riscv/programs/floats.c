// Results and flags of floating point in every rounding mode, written down as a signature: both engines must agree on it.
#include "program.h"

extern u64 begin_signature[75];
__asm__(".bss\n.balign 64\nbegin_signature: .zero 75 * 8\nend_signature:\n.text\n");

static const u64 values[] = {
    0x0000000000000000, 0x8000000000000000, 0x3ff0000000000000, 0xbff8000000000000, 0x0000000000000001, 0x000fffffffffffff,
    0x7fefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0x41dfffffffe00000,
    0x43e0000000000000, 0x3ff5555555555555, 0x36a0000000000001,
};
enum { COUNT = sizeof values / sizeof *values };

#define OPERATION(instruction)                                                                                     \
  ({                                                                                                               \
    u64 bits_;                                                                                                     \
    __asm__ volatile("fmv.d.x fa0, %1\nfmv.d.x fa1, %2\n" instruction "\nfmv.x.d %0, fa0" : "=r"(bits_) : "r"(x), "r"(y) : "fa0", "fa1", "a0"); \
    bits_;                                                                                                         \
  })

int main(void) {
  u64 at = 0;
  for (u64 mode = 0; mode < 5; mode++)
    for (u64 i = 0; i < COUNT; i++) {
      u64 sum = 0;
      write_csr(fcsr, mode << 5);
      for (u64 j = 0; j < COUNT; j++) {
        u64 x = values[i], y = values[j];
        sum = sum * 31 + OPERATION("fadd.d fa0, fa0, fa1");
        sum = sum * 31 + OPERATION("fmul.d fa0, fa0, fa1");
        sum = sum * 31 + OPERATION("fdiv.d fa0, fa0, fa1");
        sum = sum * 31 + OPERATION("fmadd.d fa0, fa0, fa1, fa1");
        sum = sum * 31 + OPERATION("fsqrt.d fa0, fa0");
        sum = sum * 31 + OPERATION("fcvt.s.d fa0, fa0");
        sum = sum * 31 + OPERATION("fmin.d fa0, fa0, fa1");
        sum = sum * 31 + OPERATION("fcvt.w.d a0, fa0\nfmv.d.x fa0, a0");
        sum = sum * 31 + read_csr(fflags);
      }
      begin_signature[at++] = sum;
    }
  // 1 / 3 rounded to nearest and up.
  write_csr(fcsr, 0);
  u64 x = 0x3ff0000000000000, y = 0x4008000000000000;
  check(1, OPERATION("fdiv.d fa0, fa0, fa1") == 0x3fd5555555555555 && read_csr(fflags) == 1);
  write_csr(fcsr, 3 << 5);
  check(2, OPERATION("fdiv.d fa0, fa0, fa1") == 0x3fd5555555555556 && read_csr(fflags) == 1);
  y = 0;
  write_csr(fcsr, 0);
  check(3, OPERATION("fdiv.d fa0, fa0, fa1") == 0x7ff0000000000000 && read_csr(fflags) == 8);
  return 0;
}
