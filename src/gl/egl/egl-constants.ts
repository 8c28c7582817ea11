/** Constants of EGL 1.5 and of the extensions in use, without their `EGL_`. Import them as a namespace. */

export const CONTEXT_LOST = 0x300e;
export const NONE = 0x3038;
export const SURFACE_TYPE = 0x3033;
export const RENDERABLE_TYPE = 0x3040;
export const OPENGL_BIT = 0x8;
export const OPENGL_ES3_BIT = 0x40;
export const EXTENSIONS = 0x3055;
export const CONTEXT_MAJOR_VERSION = 0x3098;
export const CONTEXT_MINOR_VERSION = 0x30fb;
export const CONTEXT_OPENGL_PROFILE_MASK = 0x30fd;
export const CONTEXT_OPENGL_CORE_PROFILE_BIT = 0x1;
export const CONTEXT_OPENGL_DEBUG = 0x31b0;
export const CONTEXT_OPENGL_ROBUST_ACCESS = 0x31b2;
export const CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY = 0x31bd;
export const LOSE_CONTEXT_ON_RESET = 0x31bf;
export const OPENGL_ES_API = 0x30a0;
export const OPENGL_API = 0x30a2;

/** EGL_MESA_platform_surfaceless. */
export const PLATFORM_SURFACELESS_MESA = 0x31dd;
/** EGL_EXT_platform_device. */
export const PLATFORM_DEVICE_EXT = 0x313f;
/** EGL_EXT_device_drm. */
export const DRM_DEVICE_FILE_EXT = 0x3233;
/** EGL_EXT_device_drm_render_node. */
export const DRM_RENDER_NODE_FILE_EXT = 0x3377;
