/* The guest's screen: one connector, one CRTC and two whole-screen buffers of xRGB8888 in the CPU's memory. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct rect {
  int x, y, width, height;
};

struct buffer {
  uint32_t *pixels; /* top left pixel */
  size_t stride;    /* pixels from one row to the next */
  int width, height;
  uint32_t handle, fb_id;
  size_t bytes;
};

struct screen {
  int fd;
  uint32_t connector_id, crtc_id;
  int width, height;
  struct buffer buffers[2];
  int shown; /* which buffer the CRTC scans out */
};

/* Opens the first graphics card. A size of 0 x 0 takes the connector's preferred mode; any other must be among its
 * modes. Both buffers are black. Ends the guest with a message when there is no such screen. */
void screen_open(struct screen *s, int width, int height);
/* The connector's preferred size now; false while nothing is plugged in. */
int screen_preferred(struct screen *s, int *width, int *height);
/* Changes to another mode with new, black buffers. */
void screen_resize(struct screen *s, int width, int height);
/* The buffer that is not on screen. */
struct buffer *screen_back(struct screen *s);
/* The buffer that is on screen. */
struct buffer *screen_front(struct screen *s);
/* Puts the back buffer on screen and returns when the kernel says it is there. */
void screen_flip(struct screen *s);
/* Tells the kernel what was drawn into the buffer on screen. */
void screen_dirty(struct screen *s, const struct rect *rects, int count);

/* Says on the kernel's console why the guest cannot go on, and powers off. */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* One line on the kernel's console. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
