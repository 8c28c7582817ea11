/**
 * A guest that is ready to boot, and its description `manifest.json`, which is the last file written: a folder without a
 * right one, or with files of other sizes than it says, holds no image.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GUEST_NAMES, type GuestName } from './recipe.ts';

/** A guest that is ready to boot. Its files are read-only and shared by all runs: a disk is booted with a throw-away overlay. */
export interface GuestImage {
  readonly name: GuestName;
  /** Debian's name of the architecture: `amd64`, `riscv64`. */
  readonly arch: string;
  /** Debian's name of the release. */
  readonly suite: string;
  /** Path of the kernel: a bzImage, on riscv64 a raw Image. */
  readonly kernel: string;
  /** Path of the initial RAM disk. */
  readonly initrd: string;
  /** Path of the raw disk, an ext4 file system without partitions. */
  readonly disk: string;
  /** Kernel command line. */
  readonly append: string;
  /** Names the image's contents: recipe and package versions. */
  readonly hash: string;
  /** Digest of the recipe it was made by. */
  readonly recipe: string;
  /** Packages that it has whole besides those of its recipe. */
  readonly extraPackages: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
  /** What the files take on the disk. */
  readonly bytes: number;
}

/** What `manifest.json` says. */
export interface GuestManifest {
  readonly form: 1;
  readonly name: GuestName;
  readonly arch: string;
  readonly suite: string;
  readonly append: string;
  readonly hash: string;
  readonly recipe: string;
  /** Absent in images made before there were any. */
  readonly extraPackages?: readonly string[];
  readonly createdAt: string;
  readonly files: Readonly<Record<GuestFileName, { readonly bytes: number; readonly sha256: string }>>;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly architecture: string }[];
}

/** The files of an image beside its manifest. */
export const GUEST_FILE_NAMES = ['kernel', 'initrd.cpio', 'disk.ext4'] as const;
/** One of them. */
export type GuestFileName = (typeof GUEST_FILE_NAMES)[number];

/** Name of the description. */
export const MANIFEST = 'manifest.json';

/** Reads a manifest's text; null when it is not one. */
export function parseManifest(text: string): GuestManifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || value['form'] !== 1 || !GUEST_NAMES.some((name) => name === value['name'])) return null;
  const texts = ['arch', 'suite', 'append', 'hash', 'recipe', 'createdAt'];
  const { files, packages, extraPackages = [] } = value;
  if (!Array.isArray(extraPackages) || !extraPackages.every((name) => typeof name === 'string')) return null;
  if (!texts.every((key) => typeof value[key] === 'string') || !isRecord(files) || !Array.isArray(packages))
    return null;
  const areFilesRight = GUEST_FILE_NAMES.every((name) => {
    const file = files[name];
    return isRecord(file) && Number.isSafeInteger(file['bytes']) && typeof file['sha256'] === 'string';
  });
  const arePackagesRight = packages.every(
    (entry: unknown) =>
      isRecord(entry) && ['name', 'version', 'architecture'].every((key) => typeof entry[key] === 'string'),
  );
  return areFilesRight && arePackagesRight ? (value as unknown as GuestManifest) : null;
}

/** The image in a folder; null when there is none or it is not whole. */
export async function readGuestImage(folder: string): Promise<GuestImage | null> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => '');
  const manifest = parseManifest(text);
  if (manifest === null || !basename(folder).endsWith(manifest.hash)) return null;
  let bytes = 0;
  for (const name of GUEST_FILE_NAMES) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() !== true || found.size !== manifest.files[name].bytes) return null;
    bytes += found.blocks * 512;
  }
  const { name, arch, suite, append, hash, recipe, extraPackages = [], createdAt } = manifest;
  return {
    name,
    arch,
    suite,
    append,
    hash,
    recipe,
    extraPackages,
    createdAt,
    bytes,
    kernel: join(folder, 'kernel'),
    initrd: join(folder, 'initrd.cpio'),
    disk: join(folder, 'disk.ext4'),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
