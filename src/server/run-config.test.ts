import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../base/errors.ts';
import { RENDER_LIMITS } from '../gl/core/limits.ts';
import { parseCommandLine } from './command-line.ts';
import { readRunConfig, type RunConfig } from './run-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'saffron-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const config = (...argv: string[]): RunConfig => {
  const parsed = parseCommandLine(['run', ...argv], '0');
  if (parsed.kind !== 'command') throw new Error('expected a command');
  return readRunConfig(parsed.line);
};

describe('what run is told', () => {
  it('without words is the default guest behind a password, its page on localhost', () => {
    expect(config()).toMatchObject({
      engine: 'built-in',
      name: 'debian-riscv64',
      image: 'debian-riscv64',
      size: { width: 1280, height: 800 },
      web: { host: 'localhost', port: 8443, isExplicit: false },
      password: undefined,
      spice: [],
    });
  });

  it('gives the built-in machine the guest that it can run, and refuses what it has not', () => {
    expect(config('--engine', 'built-in')).toMatchObject({ engine: 'built-in', image: 'debian-riscv64' });
    const kernel = file('Image', 'x');
    expect(config('--engine', 'built-in', '--kernel', kernel).image).toBeNull();
    const refused = [
      [['--machine', 'virt'], '--machine is for --engine qemu'],
      [['--arch', 'riscv64'], '--arch is for --engine qemu'],
      [['--cdrom', kernel], '--cdrom is for --engine qemu'],
      [['--accel', 'kvm'], '--accel is for --engine qemu'],
      [['--heads', '2'], '--heads is for --engine qemu'],
      [['--', '-S'], 'Words after -- are for QEMU'],
      [['--guest', 'debian-amd64'], 'The built-in machine is 64-bit RISC-V'],
      [['--drive', kernel], 'The built-in machine boots a kernel'],
    ] as const;
    expect(config('--engine', 'built-in', '--firmware', kernel).image).toBeNull();
    expect(config('--engine', 'built-in', '--firmware', kernel, '--guest', 'debian-riscv64').image).not.toBeNull();
    expect(config('--firmware', kernel)).toMatchObject({ engine: 'built-in', image: null });
    expect(config('--icount', '--kernel', kernel, '--engine', 'built-in').qemu.icount).toBe(true);
    expect(() => config('--icount', '--engine', 'qemu')).toThrow('--icount is for --engine built-in');
    expect(() => config('--icount', '--gpu', '3d', '--engine', 'built-in')).toThrow('contradict each other');
    expect(() => config('--engine', 'qemu', '--firmware', kernel)).toThrow('--firmware is for --engine built-in');
    for (const [words, message] of refused) expect(() => config('--engine', 'built-in', ...words)).toThrow(message);
  });

  it('takes QEMU by itself for what only QEMU has', () => {
    const riscv = Buffer.alloc(64);
    riscv.writeUInt32LE(0x0543_5352, 56);
    const elf = Buffer.alloc(64);
    elf.writeUInt32BE(0x7f45_4c46);
    elf.writeUInt16LE(243, 18);
    const kernels = { riscv, elf, bzImage: Buffer.alloc(4096, 1), empty: Buffer.alloc(0) };
    const engines = Object.entries(kernels).map(([name, bytes]) => {
      writeFileSync(join(folder, name), bytes);
      return config('--kernel', join(folder, name)).engine;
    });
    expect(engines).toEqual(['built-in', 'built-in', 'qemu', 'qemu']);
    const disk = file('disk.img', '');
    const cases: readonly (readonly string[])[] = [
      ['--engine', 'qemu'],
      ['--accel', 'tcg'],
      ['--machine', 'raspi2b'],
      ['--cdrom', disk],
      ['--drive', disk],
      ['--guest', 'debian-amd64'],
      ['--', '-S'],
    ];
    expect(cases.map((words) => config(...words).engine)).toEqual(cases.map(() => 'qemu'));
    expect(config('--accel', 'kvm').image).toBe('debian-amd64');
    expect(config('--drive', disk, '--kernel', join(folder, 'riscv'))).toMatchObject({
      engine: 'built-in',
      image: null,
    });
    expect(config('--drive', disk, '--guest', 'debian-riscv64').engine).toBe('built-in');
    expect(() => config('--kernel', '/nowhere')).toThrow('--kernel /nowhere does not exist');
  });

  it('leaves the ready-made guest out when the user brings a machine', () => {
    const disk = file('disk.img', '');
    expect(config('--drive', disk).image).toBeNull();
    expect(config('--machine', 'raspi2b').image).toBeNull();
    expect(config('--guest', 'debian-amd64', '--drive', disk).image).toBe('debian-amd64');
    expect(config('--', '-S').image).toBeNull();
  });

  it('reads what the guest may take of its GPU', () => {
    const usual = config().qemu.gpuLimits;
    expect({ ...RENDER_LIMITS, ...usual.limits }).toEqual({ ...RENDER_LIMITS, maxResourceBytes: 2 * 2 ** 30 });
    expect(usual.hangTimeoutMs).toBe(2000);
    const words = {
      'memory-limit': '300M',
      'resource-limit': '50',
      'shader-limit': '60',
      'shader-text-limit': '70K',
      'submit-limit': '1M',
      'command-limit': '8000',
      'time-limit': '90',
      'hang-timeout': '7',
    };
    expect(config(...Object.entries(words).map(([name, text]) => `--gpu-${name}=${text}`)).qemu.gpuLimits).toEqual({
      limits: {
        maxResourceBytes: 300 * 2 ** 20,
        maxResources: 50,
        maxShaders: 60,
        maxShaderBytes: 70 * 2 ** 10,
        maxSubmitBytes: 2 ** 20,
        maxCommandsPerSecond: 8000,
        maxBusyMs: 90,
      },
      hangTimeoutMs: 7000,
    });
    for (const name of Object.keys(words)) expect(() => config(`--gpu-${name}=0`)).toThrow(UsageError);
  });

  it('looks inside QEMU drive settings for the file', () => {
    const disk = file('a,b.img', '');
    expect(config('--drive', `file=${disk.replaceAll(',', ',,')},format=raw`).qemu.drives).toHaveLength(1);
    expect(config('--drive', 'file=nbd:localhost:10809,format=raw').qemu.drives).toHaveLength(1);
    expect(() => config('--drive', 'file=/nowhere/x,format=raw')).toThrow('/nowhere/x does not exist');
  });

  it.each([
    ['[::1]:9', { host: '::1', port: 9 }],
    [':0', { host: '0.0.0.0', port: 0 }],
    ['desk.example:443', { host: 'desk.example', port: 443 }],
  ])('reads --web %s', (text, address) => {
    expect(config('--web', text).web).toEqual({ ...address, isExplicit: true });
  });

  it('can do without a page', () => {
    expect(config('--web', 'off').web).toBeNull();
  });

  it('takes passwords from the first line of files', () => {
    const password = file('password', 'secret\nsecond line\n');
    const watch = file('watch', 'look\r\n');
    expect(config('--password-file', password, '--view-password-file', watch)).toMatchObject({
      password: 'secret',
      viewPassword: 'look',
    });
    expect(config('--no-password').password).toBeNull();
  });

  it.each([
    [['--kernel', '/nowhere/kernel'], '--kernel /nowhere/kernel does not exist'],
    [['--initrd', 'EXISTING'], '--initrd goes with --kernel'],
    [['--guest', 'debian-amd64', '--kernel', 'EXISTING'], '--guest brings its own --kernel'],
    [['--web', 'localhost'], 'it wants HOST:PORT'],
    [['--web', 'localhost:99999'], 'it wants HOST:PORT'],
    [['--size', '99999x99999'], '--size 99999x99999 is out of range'],
    [['--password-file', '/nowhere/p'], "--password-file /nowhere/p can't be read"],
    [['--password-file', 'EMPTY'], 'is empty'],
    [['--password-file', 'LONG'], 'too long'],
    [['--no-password', '--password-file', 'EXISTING'], 'contradict each other'],
    [['--tls-cert', 'EXISTING'], 'go together'],
    [['--origin', 'desk'], 'it wants a web origin'],
    [['--password-file', 'EXISTING', '--view-password-file', 'EXISTING'], 'they must differ'],
  ])('refuses %j', (argv, sentence) => {
    const files: Record<string, string> = {
      EXISTING: file('existing', 'word\n'),
      EMPTY: file('empty', '\n'),
      LONG: file('long', 'x'.repeat(61)),
    };
    const real = argv.map((word) => files[word] ?? word);
    expect(() => config(...real)).toThrow(UsageError);
    expect(() => config(...real)).toThrow(sentence);
  });
});
