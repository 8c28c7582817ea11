/* The few kernel interfaces of Linux's direct rendering manager that the test guest uses, declared here because the
 * header package is not on every machine that builds it. Layouts are the kernel's user ABI, which never changes. */
#pragma once
#include <stdint.h>
#include <sys/ioctl.h>

struct drm_mode {
  uint32_t clock;
  uint16_t hdisplay, hsync_start, hsync_end, htotal, hskew;
  uint16_t vdisplay, vsync_start, vsync_end, vtotal, vscan;
  uint32_t vrefresh, flags, type;
  char name[32];
};
struct drm_resources {
  uint64_t fbs, crtcs, connectors, encoders;
  uint32_t count_fbs, count_crtcs, count_connectors, count_encoders;
  uint32_t min_width, max_width, min_height, max_height;
};
struct drm_connector {
  uint64_t encoders, modes, properties, values;
  uint32_t count_modes, count_properties, count_encoders;
  uint32_t encoder_id, connector_id, kind, kind_index;
  uint32_t connection, mm_width, mm_height, subpixel, pad;
};
struct drm_encoder {
  uint32_t encoder_id, kind, crtc_id, possible_crtcs, possible_clones;
};
struct drm_crtc {
  uint64_t connectors;
  uint32_t count_connectors, crtc_id, fb_id, x, y, gamma_size, mode_valid;
  struct drm_mode mode;
};
struct drm_framebuffer {
  uint32_t fb_id, width, height, pitch, bpp, depth, handle;
};
struct drm_flip {
  uint32_t crtc_id, fb_id, flags, reserved;
  uint64_t user_data;
};
struct drm_clip {
  uint16_t x1, y1, x2, y2;
};
struct drm_dirty {
  uint32_t fb_id, flags, color, count;
  uint64_t clips;
};
struct drm_create_dumb {
  uint32_t height, width, bpp, flags, handle, pitch;
  uint64_t size;
};
struct drm_map_dumb {
  uint32_t handle, pad;
  uint64_t offset;
};
struct drm_virtgpu_map {
  uint64_t offset;
  uint32_t handle, pad;
};
struct drm_virtgpu_execbuffer {
  uint32_t flags, size;
  uint64_t command, bo_handles;
  uint32_t num_bo_handles;
  int32_t fence_fd;
};
struct drm_virtgpu_resource_create {
  uint32_t target, format, bind, width, height, depth, array_size, last_level, samples, flags;
  uint32_t bo_handle, res_handle, size, stride;
};
struct drm_virtgpu_transfer {
  uint32_t bo_handle, x, y, z, width, height, depth, level, offset, stride, layer_stride;
};
struct drm_event {
  uint32_t kind, length;
};

#define DRM_GET_RESOURCES _IOWR('d', 0xa0, struct drm_resources)
#define DRM_SET_CRTC _IOWR('d', 0xa2, struct drm_crtc)
#define DRM_GET_ENCODER _IOWR('d', 0xa6, struct drm_encoder)
#define DRM_GET_CONNECTOR _IOWR('d', 0xa7, struct drm_connector)
#define DRM_ADD_FB _IOWR('d', 0xae, struct drm_framebuffer)
#define DRM_REMOVE_FB _IOWR('d', 0xaf, uint32_t)
#define DRM_PAGE_FLIP _IOWR('d', 0xb0, struct drm_flip)
#define DRM_DIRTY_FB _IOWR('d', 0xb1, struct drm_dirty)
#define DRM_CREATE_DUMB _IOWR('d', 0xb2, struct drm_create_dumb)
#define DRM_MAP_DUMB _IOWR('d', 0xb3, struct drm_map_dumb)
#define DRM_DESTROY_DUMB _IOWR('d', 0xb4, uint32_t)

#define DRM_VIRTGPU_MAP _IOWR('d', 0x41, struct drm_virtgpu_map)
#define DRM_VIRTGPU_EXECBUFFER _IOWR('d', 0x42, struct drm_virtgpu_execbuffer)
#define DRM_VIRTGPU_RESOURCE_CREATE _IOWR('d', 0x44, struct drm_virtgpu_resource_create)
#define DRM_VIRTGPU_TRANSFER_TO_HOST _IOWR('d', 0x47, struct drm_virtgpu_transfer)

#define DRM_CONNECTED 1
#define DRM_MODE_PREFERRED 8
#define DRM_FLIP_EVENT 1
#define DRM_EVENT_FLIP_COMPLETE 2
