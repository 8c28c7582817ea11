/**
 * Builds the test guest: Debian's kernel, and an initrd with one static program (tests/guest/program) and the modules
 * for graphics, input and the power button. Built once for each state of its sources and kept in the user's cache
 * folder; the kernel's package is fetched and checked as those of the ready-made guests are.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HostError } from '../../src/base/errors.ts';
import { writeCpio, type CpioEntry } from '../../src/emu/guest/cpio.ts';
import { chooseMirror } from '../../src/emu/guest/debian-sources.ts';
import { readArchiveKeys } from '../../src/emu/guest/debian/archive-keys.ts';
import { fetchPackages, readPackageIndex } from '../../src/emu/guest/debian/archive.ts';
import { Mirror } from '../../src/emu/guest/debian/mirror.ts';
import type { FileTree } from '../../src/emu/guest/file-tree.ts';
import { moduleLoader, orderModules, type KernelModule } from '../../src/emu/guest/kernel-modules.ts';
import { chooseKernel, kernelVersion, readKernel } from '../../src/emu/guest/kernel-package.ts';
import { recipeOf } from '../../src/emu/guest/recipe.ts';
import { Unpacker } from '../../src/emu/guest/unpack-packages.ts';
import { layoutMacros } from './layout.ts';

/** What a test guest's processor can be, with the release that its kernel comes from and the compiler for its program. */
const ARCHITECTURES = {
  amd64: { suite: 'bookworm', compiler: 'gcc' },
  riscv64: { suite: 'trixie', compiler: 'riscv64-linux-gnu-gcc' },
} as const;
export type TestGuestArch = keyof typeof ARCHITECTURES;
/** Graphics, input and power; what they depend on is found in the modules themselves. */
const WANTED_MODULES = [
  'virtio_pci',
  'virtio_mmio',
  'virtio_gpu',
  'bochs',
  'virtio_input',
  'evdev',
  'i8042',
  'atkbd',
  'psmouse',
  'button',
  'usbhid',
  'hid_generic',
  'xhci_pci',
  'uhci_hcd',
  'ehci_pci',
] as const;

/** The files to start a guest with. They lie in the cache: never change or delete them. */
export interface TestGuest {
  readonly kernel: string;
  readonly initrd: string;
}

/** What the guest shows; tests/guest/layout.ts says where. */
export type TestProgram = 'scroll' | 'video' | 'keys' | 'pattern' | 'idle' | 'resize' | 'render';

/** How a program runs. */
export interface TestProgramOptions {
  /** Frames a second that `scroll`, `video` and `render` aim for; 60 if left out. */
  readonly fps?: number;
  /** A mode that the screen must have; its own preference if left out. */
  readonly size?: { readonly width: number; readonly height: number };
  /** `scroll` and `video`: draw into the picture on screen and mark the damage, instead of flipping whole pages. */
  readonly inPlace?: boolean;
}

/** The kernel command line that starts a program. The guest's console, with lines `test-guest: …`, is ttyS0. */
export function testGuestAppend(
  program: TestProgram,
  options: TestProgramOptions = {},
  arch: TestGuestArch = 'amd64',
): string {
  const words: string[] = [program];
  if (options.fps !== undefined) words.push(`fps=${options.fps}`);
  if (options.size !== undefined) words.push(`size=${options.size.width}x${options.size.height}`);
  if (options.inPlace === true) words.push('inplace');
  // Our processor is slower than a PC's: its kernel leaves out what the ready-made guest's does.
  const first = arch === 'riscv64' ? `${recipeOf('debian-riscv64').append} ` : '';
  return `${first}console=ttyS0 quiet panic=-1 vt.global_cursor_default=0 fbcon=map:9 prog=${words.join(',')}`;
}

/**
 * The test guest, from the cache or built now (needs gcc and, the first time, the network; about a minute).
 * Several processes may ask at once. Throws HostError when a tool fails, with its last words.
 */
export async function buildTestGuest(arch: TestGuestArch = 'amd64'): Promise<TestGuest> {
  const sources = await readSources(arch);
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'saffron', 'test-guest');
  const folder = join(cache, sources.key);
  const guest = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd') };
  if (await exists(guest.initrd)) return guest;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'building-'));
  try {
    await buildInto(work, sources.files, arch);
    await moveIntoPlace(join(work, 'out'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return guest;
}

async function readSources(arch: TestGuestArch): Promise<{ key: string; files: string[] }> {
  const here = dirname(fileURLToPath(import.meta.url));
  const program = join(here, 'program');
  const files = (await readdir(program)).sort().map((name) => join(program, name));
  const hash = createHash('sha256').update([arch, ...layoutMacros(), ...WANTED_MODULES].join('\n'));
  for (const file of [...files, fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  return { key: hash.digest('hex').slice(0, 20), files: files.filter((file) => file.endsWith('.c')) };
}

async function buildInto(work: string, sources: readonly string[], arch: TestGuestArch): Promise<void> {
  const out = join(work, 'out');
  const init = join(work, 'init');
  await mkdir(out);
  const flags = [
    '-O2',
    '-static',
    '-s',
    '-std=gnu17',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fno-tree-loop-distribute-patterns',
  ];
  await promisify(execFile)(ARCHITECTURES[arch].compiler, [...flags, ...layoutMacros(), '-o', init, ...sources]);
  using tree = await fetchKernel(work, arch);
  const version = kernelVersion(tree);
  const modules = await orderModules(WANTED_MODULES, moduleLoader(tree, `usr/lib/modules/${version}`));
  await writeFile(join(out, 'vmlinuz'), readKernel(tree, version));
  await writeFile(join(out, 'initrd'), writeCpio(initrdEntries(await readFile(init), modules)));
}

function initrdEntries(init: Uint8Array, modules: readonly KernelModule[]): CpioEntry[] {
  const list = Buffer.from(modules.map(({ file }) => `/${file}\n`).join(''));
  return [
    { kind: 'file', name: 'init', mode: 0o755, data: init },
    { kind: 'file', name: 'modules', data: list },
    ...modules.map(({ file, data }) => ({ kind: 'file', name: file, data }) as const),
  ];
}

/** The files of Debian's kernel package. */
async function fetchKernel(work: string, arch: TestGuestArch): Promise<FileTree> {
  const { uri, signedBy } = await chooseMirror();
  using mirror = new Mirror(uri);
  const keys = await readArchiveKeys(signedBy);
  const { suite } = ARCHITECTURES[arch];
  const index = await readPackageIndex({ mirror, suite, architecture: arch, keys });
  const fetched: { name: string; file: string; sha256: string }[] = [];
  await fetchPackages(chooseKernel(index, `linux-image-${arch}`), {
    mirror,
    folder: work,
    onBytes: () => {},
    onFile: ({ name, sha256 }, file) => void fetched.push({ name, file, sha256 }),
  });
  await using unpacker = new Unpacker(work, new AbortController().signal);
  for (const { name, file, sha256 } of fetched)
    if (!(await unpacker.unpack(name, file, sha256)))
      throw new HostError('hash-mismatch', `The mirror gave something else than ${name}; try again.`);
  return unpacker.tree();
}

async function moveIntoPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    // Another process was first: its result is as good as ours.
    if (!(await exists(join(to, 'initrd')))) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const guest = await buildTestGuest();
  console.log(JSON.stringify(guest));
}
