/* The test guest's first and only program: mounts what it needs, loads the modules named in /modules, then becomes the
 * program that the kernel's command line names: prog=NAME[,fps=N][,size=WxH][,inplace]. A second process waits for the
 * power button. */
#include "programs.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say_list(const char *format, va_list list) {
  char line[512] = "test-guest: ";
  int start = (int)strlen(line);
  int length = start + vsnprintf(line + start, sizeof line - start - 2, format, list);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  int fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, line, length) < 0) errno = 0;
  close(fd);
}

void say(const char *format, ...) {
  va_list list;
  va_start(list, format);
  say_list(format, list);
  va_end(list);
}

static void power_off(void) {
  sync();
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

void die(const char *format, ...) {
  va_list list;
  va_start(list, format);
  say_list(format, list);
  va_end(list);
  power_off();
  for (;;) pause();
}

static void load_module(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) die("no module %s", path);
  if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST && errno != ENODEV)
    say("module %s: %s", path, strerror(errno));
  close(fd);
}

static void load_modules(void) {
  FILE *list = fopen("/modules", "r");
  char line[256];
  if (!list) die("no module list");
  while (fgets(line, sizeof line, list)) {
    line[strcspn(line, "\n")] = 0;
    if (*line) load_module(line);
  }
  fclose(list);
}

static void on_power_key(int type, int code, int value, int range) {
  (void)range;
  if (type != EV_KEY || code != KEY_POWER || value != 1) return;
  say("powering off");
  power_off();
}

static void after_power_keys(void) {}

static void watch_power_button(void) {
  pid_t pid = fork();
  if (pid < 0) die("cannot fork");
  if (pid == 0) read_input(on_power_key, after_power_keys);
}

static void parse_option(struct options *options, const char *text) {
  int a, b;
  if (sscanf(text, "fps=%d", &a) == 1 && a > 0 && a <= 1000) options->fps = a;
  else if (sscanf(text, "size=%dx%d", &a, &b) == 2 && a > 0 && b > 0) options->width = a, options->height = b;
  else if (!strcmp(text, "inplace")) options->in_place = 1;
  else die("unknown option %s", text);
}

static void run(char *words) {
  struct options options = {.fps = 60};
  char *name = strtok(words, ",");
  if (!name) die("no program was named");
  for (char *text; (text = strtok(NULL, ","));) parse_option(&options, text);
  say("program %s", name);
  if (!strcmp(name, "scroll")) run_scroll(&options);
  if (!strcmp(name, "video")) run_video(&options);
  if (!strcmp(name, "keys")) run_keys(&options);
  if (!strcmp(name, "pattern")) run_pattern(&options);
  if (!strcmp(name, "idle")) run_idle(&options);
  if (!strcmp(name, "render")) run_render(&options);
  if (!strcmp(name, "resize")) run_resize(&options);
  die("no program is called %s", name);
}

int main(void) {
  static char line[4096];
  mkdir("/proc", 0755);
  mkdir("/sys", 0755);
  mkdir("/dev", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
  mkdir("/dev/input", 0755);
  load_modules();
  watch_power_button();
  FILE *file = fopen("/proc/cmdline", "r");
  if (!file || !fgets(line, sizeof line, file)) die("no command line");
  fclose(file);
  line[strcspn(line, "\n")] = 0;
  char *program = strstr(line, "prog=");
  if (!program) die("the command line has no prog=NAME");
  program += strlen("prog=");
  program[strcspn(program, " ")] = 0;
  run(program);
}
