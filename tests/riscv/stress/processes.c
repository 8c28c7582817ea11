// Processes, threads, signals and mappings; what is told does not depend on who was first.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, PAGE = 4096 };

static void need(int isRight, const char *what) {
  if (isRight) return;
  printf("wrong: %s\n", what);
  exit(1);
}

// A number goes through a chain of processes.
static uint64_t chain(int length, uint64_t value) {
  for (int i = 0; i < length; i++) {
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    pid_t child = fork();
    if (child == 0) {
      value = value * 6364136223846793005u + 1442695040888963407u;
      _exit(write(ends[1], &value, 8) == 8 ? i % 100 : 255);
    }
    uint64_t got;
    int status;
    need(read(ends[0], &got, 8) == 8, "a child's answer");
    need(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == i % 100, "a child's status");
    close(ends[0]);
    close(ends[1]);
    value = got;
  }
  return value;
}

static atomic_ulong total;
static unsigned long guarded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static int whose;

static void *work(void *number) {
  int me = (int)(intptr_t)number;
  for (unsigned i = 0; i < 100000; i++) atomic_fetch_add(&total, i ^ (unsigned)me);
  for (int i = 0; i < 200; i++) {
    pthread_mutex_lock(&lock);
    while (whose != me) pthread_cond_wait(&turn, &lock);
    guarded = guarded * 31 + (unsigned)me;
    whose = (whose + 1) % THREADS;
    pthread_cond_broadcast(&turn);
    pthread_mutex_unlock(&lock);
  }
  return 0;
}

static uint64_t threads(void) {
  pthread_t made[THREADS];
  for (intptr_t i = 0; i < THREADS; i++) need(pthread_create(&made[i], 0, work, (void *)i) == 0, "a thread");
  for (int i = 0; i < THREADS; i++) pthread_join(made[i], 0);
  return total ^ guarded;
}

static volatile sig_atomic_t alarms;
static volatile double disturbance;

static void onAlarm(int signal) {
  (void)signal;
  alarms++;
  for (int i = 1; i < 20; i++) disturbance += 1.0 / i;
}

// Sums floating-point numbers while a timer's signals use the same registers.
static double underFire(void) {
  struct itimerval often = {{0, 1000}, {0, 1000}};
  signal(SIGALRM, onAlarm);
  setitimer(ITIMER_REAL, &often, 0);
  double sum = 0;
  for (int i = 1; i < 3000000; i++) sum += (i & 1 ? 1.0 : -1.0) / i;
  memset(&often, 0, sizeof often);
  setitimer(ITIMER_REAL, &often, 0);
  need(alarms > 0, "no signal came");
  return sum;
}

static uint8_t *fenced;
static volatile sig_atomic_t faults;

static void onFault(int signal, siginfo_t *info, void *context) {
  (void)signal;
  (void)context;
  faults++;
  uint8_t *page = (uint8_t *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1));
  if (mprotect(page, PAGE, PROT_READ | PROT_WRITE) != 0) _exit(9);
}

// Pages that become writable when they are written to; a child's copies are its own.
static uint64_t mappings(int pages) {
  struct sigaction action = {.sa_sigaction = onFault, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, 0);
  fenced = mmap(0, (size_t)pages * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  need(fenced != MAP_FAILED, "a mapping");
  for (int i = 0; i < pages; i++) memcpy(fenced + i * PAGE + 4088, &i, 4);
  need(faults == pages, "as many faults as pages");
  pid_t child = fork();
  if (child == 0) {
    memset(fenced, 0xff, (size_t)pages * PAGE);
    _exit(0);
  }
  waitpid(child, 0, 0);
  uint64_t sum = 0;
  for (int i = 0; i < pages; i++) sum = sum * 33 + fenced[i * PAGE + 4088];
  munmap(fenced, (size_t)pages * PAGE);
  return sum;
}

int main(void) {
  uint64_t through = chain(150, 42);
  uint64_t together = threads();
  double sum = underFire();
  uint64_t mapped = mappings(500);
  printf("%016lx %016lx %a %016lx\n", through, together, sum, mapped);
  return 0;
}
