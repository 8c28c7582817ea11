/**
 * Builds the test guest: Debian's kernel, and an initrd with one static program (tests/guest/program) and the modules
 * for graphics, input and the power button. Built once for each state of its sources and kept in the user's cache
 * folder; the kernel's package is fetched by apt, which checks Debian's signatures.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HostError, messageOf } from '../../src/base/errors.ts';
import { newcArchive, type ArchiveEntry } from './newc-archive.ts';
import { kernelModuleOrder, readKernelModule } from './kernel-module-order.ts';
import { layoutMacros } from './layout.ts';

const run = promisify(execFile);

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
export type TestProgram = 'scroll' | 'video' | 'keys' | 'pattern' | 'idle' | 'resize';

/** How a program runs. */
export interface TestProgramOptions {
  /** Frames a second that `scroll` and `video` aim for; 60 if left out. */
  readonly fps?: number;
  /** A mode that the screen must have; its own preference if left out. */
  readonly size?: { readonly width: number; readonly height: number };
  /** `scroll` and `video`: draw into the picture on screen and mark the damage, instead of flipping whole pages. */
  readonly inPlace?: boolean;
}

/** The kernel command line that starts a program. The guest's console, with lines `test-guest: …`, is ttyS0. */
export function testGuestAppend(program: TestProgram, options: TestProgramOptions = {}): string {
  const words: string[] = [program];
  if (options.fps !== undefined) words.push(`fps=${options.fps}`);
  if (options.size !== undefined) words.push(`size=${options.size.width}x${options.size.height}`);
  if (options.inPlace === true) words.push('inplace');
  return `console=ttyS0 quiet panic=-1 vt.global_cursor_default=0 fbcon=map:9 prog=${words.join(',')}`;
}

/**
 * The test guest, from the cache or built now (needs apt, gcc and, the first time, the network; about a minute).
 * Several processes may ask at once. Throws HostError when a tool fails, with its last words.
 */
export async function buildTestGuest(): Promise<TestGuest> {
  const sources = await readSources();
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'saffron', 'test-guest');
  const folder = join(cache, sources.key);
  const guest = { kernel: join(folder, 'vmlinuz'), initrd: join(folder, 'initrd') };
  if (await exists(guest.initrd)) return guest;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'building-'));
  try {
    await buildInto(work, sources.files);
    await moveIntoPlace(join(work, 'out'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return guest;
}

async function readSources(): Promise<{ key: string; files: string[] }> {
  const here = dirname(fileURLToPath(import.meta.url));
  const program = join(here, 'program');
  const files = (await readdir(program)).sort().map((name) => join(program, name));
  const hash = createHash('sha256').update([...layoutMacros(), ...WANTED_MODULES].join('\n'));
  for (const file of [...files, fileURLToPath(import.meta.url)]) hash.update(await readFile(file));
  return { key: hash.digest('hex').slice(0, 20), files: files.filter((file) => file.endsWith('.c')) };
}

async function buildInto(work: string, sources: readonly string[]): Promise<void> {
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
  await tool(work, 'gcc', [...flags, ...layoutMacros(), '-o', init, ...sources]);
  const root = await fetchKernel(work);
  const boot = join(root, 'boot');
  const image = (await readdir(boot)).find((name) => name.startsWith('vmlinuz-'));
  if (image === undefined) throw new HostError('kernel-missing', "Debian's kernel package holds no kernel.");
  const release = image.slice('vmlinuz-'.length);
  const modules = await kernelModuleOrder(join(root, 'lib', 'modules', release), WANTED_MODULES);
  await writeFile(join(out, 'initrd'), newcArchive(await initrdEntries(init, modules)));
  await rename(join(boot, image), join(out, 'vmlinuz'));
  await chmod(join(out, 'vmlinuz'), 0o644);
}

async function initrdEntries(init: string, modules: readonly string[]): Promise<ArchiveEntry[]> {
  const names = modules.map((_, index) => `m${index}.ko`);
  const entries: ArchiveEntry[] = [
    { path: 'dev', kind: 'folder' },
    { path: 'dev/console', kind: 'device', major: 5, minor: 1 },
    { path: 'init', kind: 'file', mode: 0o755, data: await readFile(init) },
    { path: 'modules', kind: 'file', mode: 0o644, data: Buffer.from(names.map((name) => `/${name}\n`).join('')) },
  ];
  for (const [index, path] of modules.entries())
    entries.push({ path: names[index] ?? '', kind: 'file', mode: 0o644, data: await readKernelModule(path) });
  return entries;
}

/** Unpacks the kernel package that Debian's `linux-image-amd64` stands for; the folder holds boot/ and lib/. */
async function fetchKernel(work: string): Promise<string> {
  const download = join(work, 'download');
  const root = join(work, 'root');
  await mkdir(download);
  await mkdir(root);
  const name = await kernelPackage(work);
  await tool(download, 'apt-get', ['-o', 'APT::Sandbox::User=root', 'download', name]);
  const file = (await readdir(download)).find((entry) => entry.endsWith('.deb'));
  if (file === undefined) throw new HostError('kernel-missing', `apt-get download ${name} left no package.`);
  await tool(work, 'dpkg-deb', ['-x', join(download, file), root]);
  const usr = join(root, 'usr');
  return (await exists(join(root, 'lib'))) || !(await exists(usr)) ? root : usr;
}

async function kernelPackage(work: string): Promise<string> {
  const text = await tool(work, 'apt-cache', ['depends', '--no-recommends', '--no-suggests', 'linux-image-amd64']);
  const name = /Depends: (linux-image-[0-9][^\s]*)/.exec(text)?.[1];
  if (name === undefined)
    throw new HostError('kernel-missing', 'apt knows no package linux-image-amd64; run apt-get update and try again.');
  return name;
}

async function tool(cwd: string, program: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(program, args, { cwd, maxBuffer: 1 << 24, env: { ...process.env, LC_ALL: 'C' } });
    return stdout;
  } catch (error) {
    throw new HostError('tool-failed', `${program} failed: ${messageOf(error).trim()}`, { cause: error });
  }
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
