/* Reads every event device there is and every one that appears later. */
#include "programs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_DEVICES 64

static struct pollfd fds[1 + MAX_DEVICES];
static char open_names[MAX_DEVICES][32];
static int range_x[MAX_DEVICES], range_y[MAX_DEVICES];
static int count;

static int is_open(const char *name) {
  for (int i = 0; i < count; i++)
    if (fds[1 + i].fd >= 0 && !strcmp(open_names[i], name)) return 1;
  return 0;
}

static int axis_range(int fd, int axis) {
  struct input_absinfo info;
  return ioctl(fd, EVIOCGABS(axis), &info) < 0 ? 0 : info.maximum;
}

static void open_devices(void) {
  DIR *folder = opendir("/dev/input");
  if (!folder) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    char path[64];
    if (strncmp(entry->d_name, "event", 5) || strlen(entry->d_name) > 20 || is_open(entry->d_name)) continue;
    snprintf(path, sizeof path, "/dev/input/%.20s", entry->d_name);
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) continue;
    int slot = 0;
    while (slot < count && fds[1 + slot].fd >= 0) slot++;
    if (slot == MAX_DEVICES) die("too many input devices");
    if (slot == count) count++;
    fds[1 + slot] = (struct pollfd){.fd = fd, .events = POLLIN};
    snprintf(open_names[slot], sizeof open_names[slot], "%.20s", entry->d_name);
    range_x[slot] = axis_range(fd, ABS_X);
    range_y[slot] = axis_range(fd, ABS_Y);
  }
  closedir(folder);
}

static void read_device(int slot, void (*on_event)(int, int, int, int)) {
  struct input_event events[64];
  for (;;) {
    ssize_t bytes = read(fds[1 + slot].fd, events, sizeof events);
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0 && errno == EAGAIN) return;
    if (bytes <= 0) {
      close(fds[1 + slot].fd);
      fds[1 + slot].fd = -1;
      return;
    }
    for (size_t i = 0; i < bytes / sizeof *events; i++) {
      int range = events[i].type != EV_ABS ? 0 : events[i].code == ABS_X ? range_x[slot] : range_y[slot];
      on_event(events[i].type, events[i].code, events[i].value, range);
    }
  }
}

void read_input(void (*on_event)(int type, int code, int value, int range), void (*on_batch)(void)) {
  char changes[4096];
  int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch < 0 || inotify_add_watch(watch, "/dev/input", IN_CREATE | IN_ATTRIB) < 0) die("no input devices");
  fds[0] = (struct pollfd){.fd = watch, .events = POLLIN};
  open_devices();
  on_batch();
  for (;;) {
    if (poll(fds, 1 + count, -1) < 0) continue;
    if (fds[0].revents) {
      while (read(watch, changes, sizeof changes) > 0) continue;
      open_devices();
    }
    for (int i = 0; i < count; i++)
      if (fds[1 + i].fd >= 0 && fds[1 + i].revents) read_device(i, on_event);
    on_batch();
  }
}
