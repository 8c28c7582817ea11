// Arithmetic whose every bit is told: what a compiler makes of it uses most of the instruction set.
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;
static uint64_t hash = 1469598103934665603u;

static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static void tell(const void *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
}

static double number(void) {
  uint64_t bits = next();
  if (bits % 7) bits = (bits & ~(0x7ffull << 52)) | ((1023 - 40 + bits % 80) << 52);
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

#define TELL(type, expression) \
  do { \
    type value_ = (expression); \
    if (value_ == value_) tell(&value_, sizeof value_ > 8 ? 16 : sizeof value_); \
    else tell("nan", 3); \
  } while (0)

static void floats(int rounds) {
  static const int MODES[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
  for (int i = 0; i < rounds; i++) {
    fesetround(MODES[i % 50 == 0 ? next() % 4 : 0]);
    feclearexcept(FE_ALL_EXCEPT);
    double a = number(), b = number(), c = number();
    float x = (float)a, y = (float)b, z = (float)c;
    TELL(double, a + b);
    TELL(double, a - b);
    TELL(double, a * b);
    TELL(double, a / b);
    TELL(double, sqrt(fabs(a)));
    TELL(double, fma(a, b, c));
    TELL(double, -fma(a, b, -c));
    TELL(float, x + y);
    TELL(float, x * y - z);
    TELL(float, x / y);
    TELL(float, sqrtf(fabsf(z)));
    TELL(float, fmaf(x, y, z));
    TELL(double, fmin(a, c));
    TELL(double, copysign(a, c));
    TELL(double, rint(a));
    TELL(int, a < b);
    TELL(int, x <= y);
    TELL(long, fabs(a) < 1e15 ? lrint(a) : 0);
    TELL(uint32_t, fabs(b) < 4e9 ? (uint32_t)fabs(b) : 0);
    TELL(double, (double)(int64_t)next());
    TELL(float, (float)next());
    TELL(int, fetestexcept(FE_ALL_EXCEPT));
  }
  fesetround(FE_TONEAREST);
}

static void functions(int rounds) {
  for (int i = 0; i < rounds; i++) {
    double a = ldexp((double)(int64_t)next(), -60);
    TELL(double, sin(a) * cos(a) + tan(a / 3));
    TELL(double, exp(a / 2) + log(fabs(a) + 1));
    TELL(double, pow(fabs(a), 1.7) + atan2(a, 2) + cbrt(a));
    TELL(long double, sqrtl(fabsl((long double)a)) * 3.0L + (long double)a / 7.0L);
  }
}

static void integers(int rounds) {
  for (int i = 0; i < rounds; i++) {
    uint64_t a = next(), b = next() >> (next() % 63), c = next();
    if (b == 0) b = 3;
    __uint128_t wide = (__uint128_t)a * c;
    TELL(uint64_t, (uint64_t)(wide >> 64));
    TELL(uint64_t, (uint64_t)((__int128)(int64_t)a * (int64_t)c >> 64));
    TELL(uint64_t, (uint64_t)(wide % b));
    TELL(uint64_t, a / b + a % b);
    TELL(int64_t, (int64_t)a / (int64_t)(b >> 1 | 1));
    TELL(uint32_t, (uint32_t)a / (uint32_t)(b | 1));
    TELL(int32_t, (int32_t)a % (int32_t)(b >> 3 | 5));
    TELL(int, __builtin_popcountll(a) + __builtin_clzll(a | 1) + __builtin_ctzll(b));
    TELL(uint64_t, __builtin_bswap64(a) ^ (a << (c & 63) | a >> (-c & 63)));
    TELL(uint64_t, (uint64_t)((int64_t)a >> (c & 31)) + (uint32_t)(a >> 7));
  }
}

static int byValue(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

// Accesses of every width at every alignment, over the borders of pages.
static void memory(int rounds) {
  enum { BYTES = 1 << 20 };
  uint8_t *bytes = malloc(BYTES + 16);
  memset(bytes, 0x5a, BYTES + 16);
  for (int i = 0; i < rounds; i++) {
    uint64_t value = next();
    size_t at = next() % 4 ? next() % BYTES : (next() % (BYTES / 4096)) * 4096 + 4090 + next() % 6;
    if (at > BYTES) at = BYTES;
    memcpy(bytes + at, &value, 1ull << (value & 3));
    uint64_t back = 0;
    memcpy(&back, bytes + (at ^ (value >> 60)) % BYTES, 8);
    tell(&back, 8);
  }
  qsort(bytes, BYTES / 8 / 16, 8, byValue);
  memmove(bytes + 3, bytes, BYTES / 2);
  tell(bytes, BYTES);
  free(bytes);
}

int main(int count, char **words) {
  int rounds = count > 1 ? atoi(words[1]) : 100000;
  floats(rounds);
  functions(rounds / 10);
  integers(rounds);
  memory(rounds);
  printf("%016lx\n", hash);
  return 0;
}
