/** What the guests are made of: which packages, which of their files, which kernel modules. */
import { createHash } from 'node:crypto';
import { globSync, lstatSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Guests that can be built. */
export const GUEST_NAMES = ['debian-amd64', 'debian-riscv64'] as const;
/** One of them. */
export type GuestName = (typeof GUEST_NAMES)[number];
/** The Debian release that a guest is made of when none is named. */
export const DEFAULT_SUITE = 'trixie';
/** Label of the root file system; the guest finds its disk by it. */
export const DISK_LABEL = 'saffron-guest';

/** How one guest is made. */
export interface GuestRecipe {
  readonly name: GuestName;
  /** Debian's name of the architecture. */
  readonly arch: string;
  readonly triplet: string;
  /** Packages to solve for; those that the suite lacks are left out when `optional`. */
  readonly packages: readonly string[];
  readonly optionalPackages: readonly string[];
  /** Packages that the user wants besides, whole and with all they depend on; sorted; absent when there are none. */
  readonly extraPackages?: readonly string[];
  /** Package whose first dependency is the kernel. */
  readonly kernelPackage: string;
  /** Kernel command line. */
  readonly append: string;
  /** See `PickOptions.roots`. */
  readonly roots: readonly string[];
  /** Modules of the initial RAM disk, loaded whether or not there is such a device. */
  readonly earlyModules: readonly string[];
  /** Modules of the initial RAM disk for devices that are found; only looked at when there is no disk without them. */
  readonly earlyDeviceModules: readonly string[];
  /** Further modules of the disk, loaded whether or not there is such a device. */
  readonly lateModules: readonly string[];
  /** Further modules of the disk for devices that are found. */
  readonly lateDeviceModules: readonly string[];
}

/**
 * Packages that only features we leave out ask for (Weston's RDP, VNC and PipeWire outputs, sound effects, package tools).
 * They are not fetched, unless a file that is picked turns out to need one of their libraries.
 */
export const LEFT_OUT =
  /^(?:lib(?:av(?:codec|format|filter|util)\d|codec2|flite|x26[45]|svtav1|rav1e|aom|dav1d|placebo|lapack|blas|gfortran|opus|vorbis|theora|fftw3|openmpt|mysofa|jxl|rsvg2|sphinxbase|pocketsphinx|vpx|freerdp|winpr|pipewire|spa-|webrtc|neatvnc|aml|gme|chromaprint|bluray|dvd|rubberband|vidstab|zimg|zmq|srt1|rist|ssh-|norm|pgm|sodium|mbedcrypto|pulse|sndfile|flac|mp3lame|shine|twolame|xvidcore|zvbi|gsm|speex|soxr|swresample|swscale|postproc|bs2b|lilv|sratom|sord|serd|vdpau|vpl|openjp2|snappy|hwy|wacom-common|pam-|mpg123|ass9|webpmux)|systemd$|systemd-sysv|iso-codes|adwaita-icon-theme|gtk-update-icon-cache|hicolor-icon-theme|dbus|dconf|debconf|procps|mawk|base-files|mount$|ocl-icd|openssl-provider|init-system-helpers|shared-mime-info|at-spi2-common|kmod$|libgtk-3-common)/;

const PACKAGES = [
  'busybox-static',
  'weston',
  'udev',
  'libinput-bin',
  'xkb-data',
  'fonts-dejavu-core',
  'alsa-utils',
  'kmscube',
  'glmark2-es2-drm',
  'libgl1-mesa-dri',
  'libegl1',
  'libegl-mesa0',
  'libgles2',
];

function roots(triplet: string): readonly string[] {
  const lib = `usr/lib/${triplet}`;
  return [
    'usr/bin/busybox',
    'usr/bin/kmscube',
    'usr/bin/glmark2-es2-drm',
    'usr/share/glmark2/',
    `${lib}/libEGL_mesa.so.0`,
    `${lib}/libEGL.so.1`,
    `${lib}/libGLESv2.so.2`,
    `?${lib}/gbm/dri_gbm.so`,
    `?${lib}/libgallium-*.so`,
    `${lib}/dri/virtio_gpu_dri.so`,
    `${lib}/dri/swrast_dri.so`,
    `${lib}/dri/kms_swrast_dri.so`,
    'usr/share/glvnd/',
    'usr/bin/weston',
    'usr/bin/weston-terminal',
    '?usr/bin/weston-simple-egl',
    '?usr/bin/weston-simple-shm',
    '?usr/bin/weston-simple-damage',
    '?usr/bin/weston-flower',
    '?usr/bin/weston-smoke',
    '?usr/bin/weston-eventdemo',
    '?usr/bin/weston-clickdot',
    `usr/{libexec,lib/${triplet}}/weston-desktop-shell`,
    `usr/{libexec,lib/${triplet}}/weston-keyboard`,
    `${lib}/libweston-*/drm-backend.so`,
    `${lib}/libweston-*/gl-renderer.so`,
    `${lib}/weston/desktop-shell.so`,
    `${lib}/weston/kiosk-shell.so`,
    'usr/share/weston/',
    '?usr/share/libweston/',
    'usr/bin/udevadm',
    'usr/lib/systemd/systemd-udevd',
    // A device is looked up in every rule there is: these are for what a guest can have.
    'usr/lib/udev/rules.d/{50-udev-default,60-input-id,60-persistent-alsa,60-persistent-input,78-sound-card}.rules',
    '?usr/lib/udev/rules.d/70-spice-vdagentd.rules',
    // Settings for single models of mice and touchpads are read in whole by every compositor: none are ours.
    '?usr/share/libinput/10-generic-*.quirks',
    'usr/share/X11/xkb/',
    'usr/share/fonts/truetype/dejavu/DejaVuSans{,-Bold,Mono}.ttf',
    'usr/bin/aplay',
    'usr/bin/amixer',
    'usr/bin/speaker-test',
    'usr/share/alsa/',
    '?usr/bin/spice-vdagent',
    '?usr/sbin/spice-vdagentd',
    '?usr/bin/Xwayland',
    '?usr/bin/xkbcomp',
    `?${lib}/libweston-*/xwayland.so`,
    // glibc loads these by itself.
    `?${lib}/libnss_files.so.2`,
    `?${lib}/libgcc_s.so.1`,
    `?usr/lib/${triplet}/gconv/gconv-modules`,
  ];
}

const EARLY = [
  'virtio_pci',
  'virtio_mmio',
  'virtio_gpu',
  'virtio_input',
  'virtio_blk',
  'evdev',
  'crc32c_generic',
  'crc32c_intel',
  'ext4',
];
const EARLY_DEVICES = [
  'virtio_scsi',
  'sd_mod',
  'ahci',
  'ata_piix',
  'nvme',
  'bochs',
  'psmouse',
  'atkbd',
  'i8042',
  'virtio_rng',
  'button',
];
const LATE = ['button', 'uinput'];
const LATE_DEVICES = [
  'virtio_net virtio_console virtio_snd virtio_balloon virtiofs 9p 9pnet_virtio',
  'xhci_pci ehci_pci uhci_hcd usbhid hid_generic hid_multitouch usb_storage uas',
  'e1000 e1000e qxl cirrus simpledrm',
  'snd_hda_intel snd_hda_codec_generic snd_intel8x0 snd_usb_audio',
  'squashfs overlay isofs vfat nls_cp437 nls_ascii fuse sr_mod',
].flatMap((line) => line.split(' '));

/**
 * What a kernel does at its start for nothing here: self-tests, keys for signatures that are cut off, its own statistics, names
 * in the descriptions of tracepoints, and a test of some ticks of the clock how fast misaligned accesses are.
 */
const LEFT_OUT_OF_KERNEL = [
  'trace_eval_init',
  'crypto_kdf108_init',
  'jent_mod_init',
  'blake2s_mod_init',
  'load_system_certificate_list',
  'init_encrypted',
  'param_sysfs_builtin_init',
  'slab_late_init',
  'check_unaligned_access_all_cpus',
];

/** The recipe of a guest; with these packages besides, in whatever order they are named. */
export function recipeOf(name: GuestName, extraPackages: readonly string[] = []): GuestRecipe {
  const arch = name === 'debian-amd64' ? 'amd64' : 'riscv64';
  const triplet = name === 'debian-amd64' ? 'x86_64-linux-gnu' : 'riscv64-linux-gnu';
  return {
    name,
    arch,
    triplet,
    packages: PACKAGES,
    // The agent is a program for X: Xwayland takes it, and has its keyboard maps from xkbcomp.
    optionalPackages: ['spice-vdagent', 'xwayland', 'x11-xkb-utils'],
    ...(extraPackages.length === 0 ? {} : { extraPackages: [...new Set(extraPackages)].sort() }),
    kernelPackage: `linux-image-${arch}`,
    // The last console is the one that init talks to: the screen. Algorithms' self-tests are most of an emulated boot, and
    // where every guest is emulated, drawing the kernel's chatter an eighth of what remains: only warnings are shown there,
    // and init's own words, which count as such. Nor is memory cleared for what fills it, nor collected into large pages,
    // nor counted for groups of processes, nor is it counted how long these wait.
    append: `console=ttyS0 console=tty0 cryptomgr.notests${arch === 'riscv64' ? ` loglevel=5 lsm= init_on_alloc=0 transparent_hugepage=madvise cgroup_disable=memory psi=0 initcall_blacklist=${LEFT_OUT_OF_KERNEL.join(',')}` : ''}`,
    roots: roots(triplet),
    earlyModules: EARLY,
    // All of the initial RAM disk is copied by the guest; boards with this processor have no PC's disks and keyboards.
    earlyDeviceModules: arch === 'riscv64' ? ['virtio_scsi', 'virtio_rng'] : EARLY_DEVICES,
    lateModules: LATE,
    lateDeviceModules: LATE_DEVICES,
  };
}

/** A file that Saffron adds to a guest. */
export interface GuestFile {
  readonly path: string;
  readonly data: Buffer;
  readonly isProgram: boolean;
}

/** The files beside this one that go into the initial RAM disk or onto the disk. Scripts become programs. */
export function guestFiles(kind: 'initrd' | 'disk'): readonly GuestFile[] {
  const folder = fileURLToPath(new URL(kind, import.meta.url));
  return globSync('**/*', { cwd: folder })
    .filter((path) => lstatSync(join(folder, path)).isFile())
    .map((path) => ({ path: path.replaceAll(sep, posix.sep), data: readFileSync(join(folder, path)) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ ...file, isProgram: file.data.subarray(0, 2).toString('latin1') === '#!' }));
}

/** Raised when the same recipe is made into an image of another form. */
const FORM = 3;

/** Digest of everything on our side that decides what an image of this suite becomes. */
export function recipeDigest(recipe: GuestRecipe, suite: string): string {
  const hash = createHash('sha256').update(JSON.stringify([FORM, suite, LEFT_OUT.source, recipe]));
  for (const kind of ['initrd', 'disk'] as const) {
    for (const { path, data } of guestFiles(kind)) hash.update(`\0${kind}\0${path}\0${data.length}\0`).update(data);
  }
  return hash.digest('hex');
}
