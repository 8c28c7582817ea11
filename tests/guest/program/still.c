/* pattern, idle and resize: pictures that stand still. */
#include "draw.h"
#include "programs.h"
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void show_pattern(struct screen *s) {
  draw_pattern(screen_front(s));
  screen_dirty(s, &(struct rect){0, 0, s->width, s->height}, 1);
  say("drawn %dx%d", s->width, s->height);
}

void run_pattern(const struct options *o) {
  static struct screen s;
  screen_open(&s, o->width, o->height);
  show_pattern(&s);
  for (;;) pause();
}

void run_idle(const struct options *o) {
  static struct screen s;
  screen_open(&s, o->width, o->height);
  struct buffer *b = screen_front(&s);
  for (int y = 0; y + LAYOUT_LINE_HEIGHT <= s.height; y += LAYOUT_LINE_HEIGHT)
    draw_line(b, y, y / LAYOUT_LINE_HEIGHT);
  screen_dirty(&s, &(struct rect){0, 0, s.width, s.height}, 1);
  say("drawn %dx%d", s.width, s.height);
  for (;;) pause();
}

static int open_uevents(void) {
  int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  struct sockaddr_nl any = {.nl_family = AF_NETLINK, .nl_groups = 1};
  if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) < 0) die("no kernel events");
  return fd;
}

/* Kernel events are NUL-separated KEY=value strings; a card says HOTPLUG=1 when a monitor changed. */
static int is_hotplug(const char *message, ssize_t length) {
  for (ssize_t at = 0; at < length; at += (ssize_t)strlen(message + at) + 1)
    if (!strcmp(message + at, "HOTPLUG=1")) return 1;
  return 0;
}

void run_resize(const struct options *o) {
  static struct screen s;
  static char message[8193];
  int events = open_uevents();
  screen_open(&s, o->width, o->height);
  show_pattern(&s);
  for (;;) {
    ssize_t length = recv(events, message, sizeof message - 1, 0);
    if (length <= 0) continue;
    message[length] = 0;
    int width, height;
    if (!is_hotplug(message, length) || !screen_preferred(&s, &width, &height)) continue;
    if (width == s.width && height == s.height) continue;
    screen_resize(&s, width, height);
    show_pattern(&s);
  }
}
