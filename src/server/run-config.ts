/** What `saffron run` shall do, read from its command line and checked: a mistake is told before anything is started. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { LIMITS } from '../base/limits.ts';
import { messageOf, UsageError } from '../base/errors.ts';
import type { CommandLine } from './command-line.ts';
import { splitPackages } from './guest-command.ts';
import { readGuestLimits } from './gpu-limit-options.ts';
import type { GpuLimits } from './gpu-limit-options.ts';
import { LOG_LEVELS, type LogLevel } from './log.ts';
import { readPassword } from './password.ts';

/** Where the browser client is served. */
export interface WebAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the user asked for just this port. */
  readonly isExplicit: boolean;
}

/** Everything that `saffron run` was told. */
export interface RunConfig {
  readonly name: string;
  /** Whether the user chose the name. */
  readonly isNameGiven: boolean;
  readonly engine: 'qemu' | 'built-in';
  /** Ready-made guest to boot; null: the user's own kernel or disks. */
  readonly image: 'debian-amd64' | 'debian-riscv64' | null;
  readonly suite: string;
  readonly extraPackages: readonly string[];
  readonly mirror: string | undefined;
  readonly cacheFolder: string | undefined;
  /** Where compiled shaders are kept: a folder, or `off`; undefined: in one of the guest's own. */
  readonly shaderCache: string | undefined;
  readonly qemu: {
    readonly binary: string | undefined;
    readonly machine: string | undefined;
    readonly arch: string | undefined;
    readonly accel: 'kvm' | 'tcg' | 'auto';
    readonly memory: string;
    readonly cpus: number;
    readonly kernel: string | undefined;
    readonly firmware: string | undefined;
    readonly icount: boolean;
    readonly initrd: string | undefined;
    readonly append: string | undefined;
    readonly drives: readonly string[];
    readonly cdrom: string | undefined;
    readonly serial: string | undefined;
    readonly gpu: 'auto' | '3d' | '2d';
    readonly renderNode: string;
    readonly gpuLimits: GpuLimits;
    readonly rawArguments: readonly string[];
  };
  /** Size of every screen at start. */
  readonly size: { readonly width: number; readonly height: number };
  /** Screens of the guest. */
  readonly heads: number;
  /** Empty: a Unix socket and a tls port of our choice. */
  readonly spice: readonly string[];
  readonly web: WebAddress | null;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly origins: readonly string[];
  /** `null`: none is wanted; `undefined`: one is made where a listener can be reached by others. */
  readonly password: string | null | undefined;
  readonly viewPassword: string | undefined;
  readonly isViewOnly: boolean;
  readonly stopTimeoutMs: number;
  readonly isJson: boolean;
  readonly logLevel: LogLevel;
}

const DEFAULT_WEB: WebAddress = { host: 'localhost', port: 8443, isExplicit: false };

/** Reads and checks. Throws UsageError. */
export function readRunConfig(line: CommandLine): RunConfig {
  const owned = ['kernel', 'firmware', 'drive', 'cdrom', 'machine', 'arch'].filter((option) => line.has(option));
  for (const option of ['firmware', 'kernel', 'initrd', 'cdrom', 'qemu']) mustBeReadable(option, line.text(option));
  const engine = engineOf(line);
  const image = imageOf(line, owned, engine);
  if (engine === 'built-in') checkBuiltIn(line, image);
  else if (line.has('firmware'))
    throw new UsageError('--firmware is for --engine built-in: give QEMU its own by -- -bios FILE.');
  if (line.has('icount') && engine === 'qemu')
    throw new UsageError('--icount is for --engine built-in: give QEMU its own by -- -icount SETTINGS.');
  if (line.has('icount') && line.text('gpu') === '3d')
    throw new UsageError('--icount and --gpu 3d contradict each other: who renders takes the time that it takes.');
  for (const drive of line.texts('drive')) mustBeReadable('drive', driveFile(drive));
  if (line.has('initrd') && !line.has('kernel'))
    throw new UsageError('--initrd goes with --kernel: name the kernel too.');
  if (line.has('append') && !line.has('kernel') && image === null)
    throw new UsageError('--append goes with --kernel: name the kernel too.');
  if (line.has('packages') && image === null)
    throw new UsageError('--packages is for a ready-made guest: leave out what brings your own, or leave it out.');
  if (line.has('no-password') && (line.has('password-file') || line.has('view-password-file')))
    throw new UsageError('--no-password and a password file contradict each other: give one of them.');
  if (line.has('tls-cert') !== line.has('tls-key'))
    throw new UsageError('--tls-cert and --tls-key go together: name both files.');

  const cert = line.text('tls-cert');
  const key = line.text('tls-key');
  const passwordFile = line.text('password-file');
  const viewPasswordFile = line.text('view-password-file');
  const viewPassword =
    viewPasswordFile === undefined ? undefined : readPassword(viewPasswordFile, 'view-password-file');
  const password =
    passwordFile === undefined
      ? line.has('no-password')
        ? null
        : undefined
      : readPassword(passwordFile, 'password-file');
  if (password !== undefined && password === viewPassword)
    throw new UsageError('--view-password-file holds the same password as --password-file: they must differ.');
  return {
    name: line.text('name') ?? image ?? 'guest',
    isNameGiven: line.has('name'),
    engine,
    image,
    suite: line.text('suite') ?? '',
    extraPackages: splitPackages(line.text('packages')),
    mirror: line.text('mirror'),
    cacheFolder: line.text('cache-dir'),
    shaderCache: line.text('shader-cache'),
    qemu: {
      binary: line.text('qemu'),
      machine: line.text('machine'),
      arch: line.text('arch'),
      accel: line.text('accel') as 'kvm' | 'tcg' | 'auto',
      memory: line.text('memory') ?? '',
      cpus: Number(line.text('cpus')),
      kernel: line.text('kernel'),
      firmware: line.text('firmware'),
      icount: line.has('icount'),
      initrd: line.text('initrd'),
      append: line.text('append'),
      drives: line.texts('drive'),
      cdrom: line.text('cdrom'),
      serial: line.text('serial'),
      gpu: line.text('gpu') as 'auto' | '3d' | '2d',
      renderNode: line.text('render-node') ?? '',
      gpuLimits: readGuestLimits(line),
      rawArguments: line.rest,
    },
    size: readSize(line.text('size') ?? ''),
    heads: Number(line.text('heads')),
    spice: line.texts('spice'),
    web: readWeb(line.text('web')),
    tls: cert === undefined || key === undefined ? null : { cert, key },
    origins: line.texts('origin').map(readOrigin),
    password,
    viewPassword,
    isViewOnly: line.has('view-only'),
    stopTimeoutMs: Number(line.text('stop-timeout')) * 1000,
    isJson: line.has('json'),
    logLevel: LOG_LEVELS.find((level) => level === line.text('log-level')) ?? 'warn',
  };
}

/** The built-in machine, unless the user wants another or something that only QEMU has. */
function engineOf(line: CommandLine): RunConfig['engine'] {
  const engine = line.text('engine');
  if (engine === 'qemu' || engine === 'built-in') return engine;
  if (line.rest.length > 0 || ONLY_QEMU.some((option) => line.has(option))) return 'qemu';
  if (line.text('guest') === 'debian-amd64') return 'qemu';
  if (line.has('firmware')) return 'built-in';
  const kernel = line.text('kernel');
  if (kernel !== undefined) return isRiscvKernel(kernel) ? 'built-in' : 'qemu';
  // A disk alone is started by firmware.
  return line.has('drive') && !line.has('guest') ? 'qemu' : 'built-in';
}

/** Whether a file is what the built-in machine boots: a RISC-V Image ("RSC\x05" at 56) or ELF file (e_machine 243). */
function isRiscvKernel(file: string): boolean {
  const head = Buffer.alloc(64);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, head, 0, head.length, 0);
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
  const isElf = head.readUInt32BE(0) === 0x7f45_4c46;
  return head.readUInt32LE(56) === 0x0543_5352 || (isElf && head.readUInt16LE(18) === 243);
}

function imageOf(line: CommandLine, owned: readonly string[], engine: RunConfig['engine']): RunConfig['image'] {
  const guest = line.text('guest');
  const usual = engine === 'built-in' ? 'debian-riscv64' : 'debian-amd64';
  if (guest === undefined) return owned.length > 0 || line.rest.length > 0 ? null : usual;
  const clash = owned.find((option) => option !== 'drive' && option !== 'firmware');
  if (clash !== undefined) throw new UsageError(`--guest brings its own --${clash}: leave one of the two out.`);
  return guest === 'debian-riscv64' ? 'debian-riscv64' : 'debian-amd64';
}

/** Options that the built-in machine has no use for. */
const ONLY_QEMU = ['machine', 'arch', 'qemu', 'cdrom', 'accel', 'heads'];

/** What the built-in machine does not have, said before anything is started. */
function checkBuiltIn(line: CommandLine, image: RunConfig['image']): void {
  for (const option of ONLY_QEMU) {
    if (line.has(option)) throw new UsageError(`--${option} is for --engine qemu: name that engine, or leave it out.`);
  }
  if (line.rest.length > 0) throw new UsageError('Words after -- are for QEMU: name --engine qemu, or leave them out.');
  if (image === 'debian-amd64') {
    throw new UsageError('The built-in machine is 64-bit RISC-V: name --engine qemu, or --guest debian-riscv64.');
  }
  if (image === null && !line.has('kernel') && !line.has('firmware')) {
    throw new UsageError('The built-in machine boots a kernel: name one with --kernel, or name --engine qemu.');
  }
}

function readSize(text: string): { width: number; height: number } {
  const [width = 0, height = 0] = text.split('x').map(Number);
  if (
    width < 64 ||
    height < 64 ||
    width > LIMITS.maxScreenSide ||
    height > LIMITS.maxScreenSide ||
    width * height > LIMITS.maxScreenPixels
  )
    throw new UsageError(`--size ${text} is out of range: from 64x64 to 7680x4800.`);
  return { width, height };
}

function readWeb(text: string | undefined): WebAddress | null {
  if (text === 'off') return null;
  if (text === undefined) return DEFAULT_WEB;
  const match = /^(?:\[([0-9a-fA-F:.%a-z]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65535)
    throw new UsageError(`--web ${text} does not do: it wants HOST:PORT, such as localhost:8443, or off.`);
  return { host: match[1] ?? (match[2] === '' ? '0.0.0.0' : (match[2] ?? '')), port, isExplicit: true };
}

function readOrigin(text: string): string {
  try {
    const { origin } = new URL(text);
    if (origin !== 'null') return origin;
  } catch {
    // Told below.
  }
  throw new UsageError(`--origin ${text} does not do: it wants a web origin, such as https://desk.example.org.`);
}

/** The local file of a drive; undefined when it has none that is told. */
export function driveFile(drive: string): string | undefined {
  if (!/(^|,)(file|if|format|driver)=/.test(drive)) return drive;
  const file = /(?:^|,)file=((?:[^,]|,,)*)/.exec(drive)?.[1]?.replaceAll(',,', ',');
  // A URL (nbd:, https:) is QEMU's to open.
  return file === undefined || /^[a-z+]+:/.test(file) ? undefined : file;
}

function mustBeReadable(option: string, file: string | undefined): void {
  if (file === undefined) return;
  if (!existsSync(file)) throw new UsageError(`--${option} ${file} does not exist: check the path.`);
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new UsageError(`--${option} ${file} can't be read: ${messageOf(error)}.`, { cause: error });
  }
}
