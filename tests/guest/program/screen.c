#include "screen.h"
#include "drm.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_MODES 256

static int call(int fd, unsigned long request, void *argument) {
  int result;
  do result = ioctl(fd, request, argument);
  while (result < 0 && (errno == EINTR || errno == EAGAIN));
  return result;
}

static uint64_t address(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

static int modes_of(struct screen *s, struct drm_mode *modes, struct drm_connector *connector) {
  memset(connector, 0, sizeof *connector);
  connector->connector_id = s->connector_id;
  if (call(s->fd, DRM_GET_CONNECTOR, connector) < 0) die("cannot read the connector: %s", strerror(errno));
  uint32_t count = connector->count_modes < MAX_MODES ? connector->count_modes : MAX_MODES;
  memset(connector, 0, sizeof *connector);
  connector->connector_id = s->connector_id;
  connector->modes = address(modes);
  connector->count_modes = count;
  if (call(s->fd, DRM_GET_CONNECTOR, connector) < 0) die("cannot read the modes: %s", strerror(errno));
  return connector->connection == DRM_CONNECTED ? (int)(connector->count_modes < count ? connector->count_modes : count) : 0;
}

static const struct drm_mode *find_mode(const struct drm_mode *modes, int count, int width, int height) {
  const struct drm_mode *preferred = NULL;
  for (int i = 0; i < count; i++) {
    if (width && modes[i].hdisplay == width && modes[i].vdisplay == height) return &modes[i];
    if (!preferred && (modes[i].type & DRM_MODE_PREFERRED)) preferred = &modes[i];
  }
  if (width) return NULL;
  return preferred ? preferred : count ? &modes[0] : NULL;
}

static void open_buffer(struct screen *s, struct buffer *b) {
  struct drm_create_dumb create = {.width = s->width, .height = s->height, .bpp = 32};
  if (call(s->fd, DRM_CREATE_DUMB, &create) < 0) die("no buffer of %dx%d: %s", s->width, s->height, strerror(errno));
  struct drm_framebuffer fb = {
      .width = s->width, .height = s->height, .pitch = create.pitch, .bpp = 32, .depth = 24, .handle = create.handle};
  if (call(s->fd, DRM_ADD_FB, &fb) < 0) die("no framebuffer: %s", strerror(errno));
  struct drm_map_dumb map = {.handle = create.handle};
  if (call(s->fd, DRM_MAP_DUMB, &map) < 0) die("cannot map the buffer: %s", strerror(errno));
  void *pixels = mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, (off_t)map.offset);
  if (pixels == MAP_FAILED) die("cannot map the buffer: %s", strerror(errno));
  memset(pixels, 0, create.size);
  *b = (struct buffer){.pixels = pixels,
                       .stride = create.pitch / 4,
                       .width = s->width,
                       .height = s->height,
                       .handle = create.handle,
                       .fb_id = fb.fb_id,
                       .bytes = create.size};
}

static void close_buffer(struct screen *s, struct buffer *b) {
  if (!b->pixels) return;
  munmap(b->pixels, b->bytes);
  call(s->fd, DRM_REMOVE_FB, &b->fb_id);
  call(s->fd, DRM_DESTROY_DUMB, &b->handle);
  memset(b, 0, sizeof *b);
}

static void set_mode(struct screen *s, const struct drm_mode *mode) {
  struct buffer old[2] = {s->buffers[0], s->buffers[1]};
  s->width = mode->hdisplay;
  s->height = mode->vdisplay;
  open_buffer(s, &s->buffers[0]);
  open_buffer(s, &s->buffers[1]);
  s->shown = 0;
  uint32_t connector = s->connector_id;
  struct drm_crtc crtc = {.connectors = address(&connector),
                          .count_connectors = 1,
                          .crtc_id = s->crtc_id,
                          .fb_id = s->buffers[0].fb_id,
                          .mode_valid = 1,
                          .mode = *mode};
  if (call(s->fd, DRM_SET_CRTC, &crtc) < 0) die("cannot set %dx%d: %s", s->width, s->height, strerror(errno));
  close_buffer(s, &old[0]);
  close_buffer(s, &old[1]);
}

static int open_card(void) {
  for (int tries = 0; tries < 10000; tries++) {
    int fd = open("/dev/dri/card0", O_RDWR | O_CLOEXEC);
    if (fd >= 0) return fd;
    usleep(10000);
  }
  die("no graphics card came up in 100 seconds");
}

void screen_open(struct screen *s, int width, int height) {
  memset(s, 0, sizeof *s);
  s->fd = open_card();
  uint32_t crtcs[8], connectors[32];
  struct drm_resources resources = {
      .crtcs = address(crtcs), .count_crtcs = 8, .connectors = address(connectors), .count_connectors = 32};
  if (call(s->fd, DRM_GET_RESOURCES, &resources) < 0) die("cannot read the card: %s", strerror(errno));
  if (!resources.count_crtcs || !resources.count_connectors) die("the card has no screen");
  s->crtc_id = crtcs[0];
  s->connector_id = connectors[0];
  screen_resize(s, width, height);
}

void screen_resize(struct screen *s, int width, int height) {
  static struct drm_mode modes[MAX_MODES];
  struct drm_connector connector;
  int count = modes_of(s, modes, &connector);
  const struct drm_mode *mode = find_mode(modes, count, width, height);
  if (!mode) die("the screen has no mode %dx%d", width, height);
  set_mode(s, mode);
}

int screen_preferred(struct screen *s, int *width, int *height) {
  static struct drm_mode modes[MAX_MODES];
  struct drm_connector connector;
  int count = modes_of(s, modes, &connector);
  const struct drm_mode *mode = find_mode(modes, count, 0, 0);
  if (!mode) return 0;
  *width = mode->hdisplay;
  *height = mode->vdisplay;
  return 1;
}

struct buffer *screen_back(struct screen *s) { return &s->buffers[!s->shown]; }
struct buffer *screen_front(struct screen *s) { return &s->buffers[s->shown]; }

static void wait_for_flip(struct screen *s) {
  char bytes[1024];
  for (;;) {
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    // Who renders may be replaced meanwhile, on a machine that has other work as well.
    int ready = poll(&p, 1, 100000);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) die("a page flip was never completed");
    ssize_t count = read(s->fd, bytes, sizeof bytes);
    for (ssize_t at = 0; at + (ssize_t)sizeof(struct drm_event) <= count;) {
      struct drm_event event;
      memcpy(&event, bytes + at, sizeof event);
      if (event.kind == DRM_EVENT_FLIP_COMPLETE) return;
      if (event.length < sizeof event) break;
      at += event.length;
    }
  }
}

void screen_flip(struct screen *s) {
  struct drm_flip flip = {.crtc_id = s->crtc_id, .fb_id = screen_back(s)->fb_id, .flags = DRM_FLIP_EVENT};
  while (call(s->fd, DRM_PAGE_FLIP, &flip) < 0) {
    if (errno != EBUSY) die("cannot flip: %s", strerror(errno));
    usleep(500);
  }
  wait_for_flip(s);
  s->shown = !s->shown;
}

void screen_dirty(struct screen *s, const struct rect *rects, int count) {
  struct drm_clip clips[16];
  if (count > 16) die("too many rectangles at once");
  for (int i = 0; i < count; i++)
    clips[i] = (struct drm_clip){rects[i].x, rects[i].y, rects[i].x + rects[i].width, rects[i].y + rects[i].height};
  struct drm_dirty dirty = {.fb_id = screen_front(s)->fb_id, .count = count, .clips = address(clips)};
  /* A card that scans out of the very memory we write has nothing to be told. */
  if (call(s->fd, DRM_DIRTY_FB, &dirty) < 0 && errno != ENOSYS) die("cannot mark damage: %s", strerror(errno));
}
