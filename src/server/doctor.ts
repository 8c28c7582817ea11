/**
 * `saffron doctor`: what this machine has, what it lacks, and what is gained by installing it. Looks only: nothing is
 * installed, written or left running. A port is tried by listening on it for a moment.
 */
import { existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem, platform } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { messageOf } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { findGuest, listGuests } from '../emu/guest/guest.ts';
import { findProgram } from '../emu/qemu/find-program.ts';
import { findQemu } from '../emu/qemu/find-qemu.ts';
import { whyNo3d } from '../emu/qemu/plan-machine.ts';
import { isKvmUsable } from '../emu/qemu/probe-kvm.ts';
import { cacheFolder } from './paths.ts';

/** One thing that was looked at. `bad`: the main job cannot run; `less`: it runs, with less. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'less' | 'bad';
  readonly found: string;
  /** What to do, and what is gained by it; absent when there is nothing to do. */
  readonly hint?: string;
}

const NODE = { major: 24, minor: 12 } as const;
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'firefox', 'firefox-esr', 'microsoft-edge'];
/** Mesa's names for drawing on the processor. */
const SOFTWARE = /^(llvmpipe|softpipe|swrast)/;
const OTHER_MACHINES = ['aarch64', 'arm', 'riscv64'];
/** Where the system is another. */
const LINUX_ONLY = '3D, QEMU and "saffron gpu" need Linux; 2D guests of the built-in machine do without.';
const GIB = 2 ** 30;
const BUILD_BYTES = 2 * GIB;
const GUEST_BYTES = 1.5 * GIB;

/** Prints the table, or with `json` one object; returns 0 when the main job can run, else 1. */
export async function doctor(options: {
  readonly json: boolean;
  readonly out: (text: string) => void;
}): Promise<number> {
  const findings = await examine();
  const canRun = findings.every(({ state }) => state !== 'bad');
  options.out(options.json ? `${JSON.stringify({ canRun, findings })}\n` : printFindings(findings));
  return canRun ? 0 : 1;
}

/** The table: a mark, what, what was found; below it what to do. */
export function printFindings(findings: readonly Finding[]): string {
  const marks = { good: 'ok  ', less: 'less', bad: 'BAD ' } as const;
  const width = Math.max(0, ...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, found, hint }) => [
    `${marks[state]}  ${what.padEnd(width)}  ${found}`,
    ...(hint === undefined ? [] : [`${' '.repeat(width + 8)}→ ${hint}`]),
  ]);
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const verdict =
    bad === 0 ? 'Saffron can run a guest here.' : `Saffron cannot run a guest here: mend what is marked BAD (${bad}).`;
  return `${[...lines, '', verdict].join('\n')}\n`;
}

async function examine(): Promise<readonly Finding[]> {
  const looks: readonly (() => Promise<readonly Finding[]> | readonly Finding[])[] = [
    lookAtNode,
    lookAtNativeCalls,
    lookAtImages,
    lookAtQemu,
    lookAtOtherMachines,
    lookAtGuests,
    lookAtMemory,
    lookAtOpenGl,
    lookAtPorts,
    lookAtViewers,
  ];
  const findings = await Promise.all(looks.map(async (look) => look()));
  return findings.flat();
}

function lookAtNode(): readonly Finding[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isNew = major > NODE.major || (major === NODE.major && minor >= NODE.minor);
  const found = `Node.js ${process.versions.node}`;
  return [
    isNew
      ? { what: 'Node.js', state: 'good', found }
      : {
          what: 'Node.js',
          state: 'bad',
          found,
          hint: `Node.js ${NODE.major}.${NODE.minor} or newer is needed: "npm ci" in Saffron's folder brings one.`,
        },
  ];
}

async function lookAtNativeCalls(): Promise<readonly Finding[]> {
  const what = 'native calls';
  if (platform() !== 'linux') return [{ what, state: 'less', found: 'none on this system', hint: LINUX_ONLY }];
  try {
    const { default: koffi } = await import('koffi');
    const getPid = koffi.load('libc.so.6').func('int getpid()') as () => number;
    if (getPid() !== process.pid) throw new Error('a call into the C library gave a wrong answer');
    return [{ what, state: 'good', found: `the C library, through koffi ${koffi.version}` }];
  } catch (error) {
    return [
      {
        what,
        state: 'less',
        found: oneLine(error),
        hint: '"npm ci" on Linux with glibc (x86-64 or arm64) brings what 3D, QEMU and "saffron gpu" need; 2D guests of the built-in machine do without.',
      },
    ];
  }
}

async function lookAtImages(): Promise<readonly Finding[]> {
  const what = 'JPEG';
  try {
    const { default: sharp } = await import('sharp');
    return [{ what, state: 'good', found: `sharp ${sharp.versions.sharp ?? ''}`.trim() }];
  } catch (error) {
    return [{ what, state: 'bad', found: oneLine(error), hint: '"npm ci" brings the package sharp for this machine.' }];
  }
}

async function lookAtQemu(): Promise<readonly Finding[]> {
  try {
    const program = await findQemu('x86_64');
    const { major, minor, micro } = program.version;
    const qemu: Finding = { what: 'QEMU', state: 'good', found: `${major}.${minor}.${micro}, ${program.path}` };
    const no3d = whyNo3d(program);
    const screen: Finding = program.devices.has('vhost-user-vga')
      ? { what: 'QEMU graphics', state: 'good', found: 'D-Bus display, and a graphics device of our own' }
      : {
          what: 'QEMU graphics',
          state: 'less',
          found: 'D-Bus display only',
          hint: 'A QEMU with the device vhost-user-vga gives a faster screen.',
        };
    const screen3d: readonly Finding[] =
      no3d === null
        ? []
        : [{ what: 'QEMU 3D', state: 'less', found: 'none', hint: `Without it guests get 2D screens: ${no3d}` }];
    return [qemu, screen, ...screen3d, await lookAtKvm(program)];
  } catch (error) {
    const hint = `Only PC and other guests, and disks that boot, need it: ${oneLine(error)}`;
    return [{ what: 'QEMU', state: 'less', found: 'none that can be used', hint }];
  }
}

async function lookAtKvm(program: Parameters<typeof isKvmUsable>[0]): Promise<Finding> {
  const what = 'KVM';
  if (await isKvmUsable(program, 'x86_64')) return { what, state: 'good', found: 'guests run at full speed' };
  return existsSync('/dev/kvm')
    ? {
        what,
        state: 'less',
        found: '/dev/kvm is here, but no guest starts with it; guests are emulated',
        hint: 'Add yourself to the group kvm; in a virtual machine, switch on nested virtualisation: guests get about 10 times faster.',
      }
    : {
        what,
        state: 'less',
        found: 'none; guests are emulated',
        hint: 'Switch on virtualisation in the firmware and load the module kvm_intel or kvm_amd: guests get about 10 times faster.',
      };
}

async function lookAtOtherMachines(): Promise<readonly Finding[]> {
  const what = 'other machines';
  const here: string[] = [];
  for (const arch of OTHER_MACHINES) if ((await findProgram(`qemu-system-${arch}`)) !== null) here.push(arch);
  if (here.length === OTHER_MACHINES.length) return [{ what, state: 'good', found: here.join(', ') }];
  return [
    {
      what,
      state: 'less',
      found: here.length === 0 ? 'none' : here.join(', '),
      hint: 'Packages qemu-system-arm and qemu-system-riscv (before Debian 13: qemu-system-misc) run ARM and RISC-V guests.',
    },
  ];
}

async function lookAtGuests(): Promise<readonly Finding[]> {
  const what = 'guest images';
  const images = await listGuests();
  const names = [...new Set(images.map(({ name, suite }) => `${name} (${suite})`))].join(', ');
  if ((await findGuest('debian-riscv64')) !== null) return [{ what, state: 'good', found: names }];

  const found = names === '' ? 'none yet' : names;
  const free = freeBytes(cacheFolder());
  if (free < BUILD_BYTES)
    return [
      {
        what,
        state: 'bad',
        found,
        hint: `Making the default guest takes 2 GB in ${cacheFolder()}, and ${gigabytes(free)} are free.`,
      },
    ];
  return [{ what, state: 'good', found: `${found}; the default guest is made at the first run` }];
}

function lookAtMemory(): readonly Finding[] {
  const free = process.availableMemory?.() ?? freemem();
  const found = `${gigabytes(free)} free`;
  return [
    free >= GUEST_BYTES
      ? { what: 'memory', state: 'good', found }
      : {
          what: 'memory',
          state: 'less',
          found,
          hint: 'The default guest takes 1 GB: end something, or give it less with --memory.',
        },
  ];
}

/** Opens the device as a guest would, in a process of its own. */
async function lookAtOpenGl(): Promise<readonly Finding[]> {
  const what = '3D';
  if (platform() !== 'linux') return [{ what, state: 'less', found: 'none on this system', hint: LINUX_ONLY }];
  try {
    const { GuestGpuProcess } = await import('../gl/process/guest-gpu-process.ts');
    const gpu = await GuestGpuProcess.start({ renderNode: 'auto', log: silentLogger });
    const { renderer } = gpu;
    await gpu.close();
    return [
      SOFTWARE.test(renderer)
        ? {
            what,
            state: 'less',
            found: `in software, by ${renderer}`,
            hint: 'A GPU whose render node (/dev/dri/renderD128) this user may open draws faster: add yourself to the group render.',
          }
        : { what, state: 'good', found: `on ${renderer}` },
    ];
  } catch (error) {
    return [
      {
        what,
        state: 'less',
        found: `none: ${oneLine(error)}`,
        hint: 'Packages libegl1 and libgl1-mesa-dri give guests and programs on this machine OpenGL; 2D screens do without.',
      },
    ];
  }
}

async function lookAtPorts(): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [port, use] of [
    [8443, 'the page'],
    [5901, 'SPICE over TLS'],
  ] as const) {
    const what = `port ${port}`;
    const trouble = await tryPort(port);
    findings.push(
      trouble === null
        ? { what, state: 'good', found: `free for ${use}` }
        : {
            what,
            state: 'less',
            found: trouble,
            hint: `Another port is taken for ${use}, or name one with --web or --spice.`,
          },
    );
  }
  return findings;
}

async function lookAtViewers(): Promise<readonly Finding[]> {
  const installed = async (names: readonly string[]): Promise<string[]> => {
    const paths = await Promise.all(names.map((name) => findProgram(name)));
    return names.filter((_, index) => paths[index] !== null);
  };
  const browsers = await installed(BROWSERS);
  const viewers = await installed(['remote-viewer', 'spicy']);
  return [
    browsers.length > 0
      ? { what: 'browsers', state: 'good', found: browsers.join(', ') }
      : {
          what: 'browsers',
          state: 'less',
          found: 'none here',
          hint: 'A browser on any machine that reaches this one will do.',
        },
    viewers.length > 0
      ? { what: 'SPICE viewers', state: 'good', found: viewers.join(', ') }
      : {
          what: 'SPICE viewers',
          state: 'less',
          found: 'none here',
          hint: 'The package virt-viewer brings remote-viewer; the browser needs none.',
        },
  ];
}

/** Why nobody can listen on the port, or null. */
function tryPort(port: number): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'in use' : error.message),
    );
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(null)));
  });
}

/** Free room where the folder is or would be made. */
function freeBytes(folder: string): number {
  for (let place = folder; ; place = dirname(place)) {
    try {
      const { bavail, bsize } = statfsSync(place);
      return bavail * bsize;
    } catch {
      if (place === dirname(place)) return 0;
    }
  }
}

function oneLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0] ?? '';
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
