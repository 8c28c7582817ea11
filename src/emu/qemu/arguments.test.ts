import { describe, expect, test } from 'vitest';
import { UsageError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import { parseMemory } from '../memory-size.ts';
import { bringsScreen, checkRawArguments, hasAgentPort, hasTouchDevice, qemuArguments } from './arguments.ts';
import type { QemuPlan } from './arguments.ts';
import { boardOf, usualArch, usualMachine } from './board.ts';
import type { QemuOptions } from './qemu-options.ts';

const DEVICES = new Set([
  ...['virtio-multitouch', 'virtio-keyboard', 'virtio-tablet', 'virtio-rng', 'virtio-serial'].flatMap((name) => [
    `${name}-pci`,
    `${name}-device`,
  ]),
  'virtserialport',
  'vhost-user-vga',
  'vhost-user-gpu-pci',
  'vhost-user-gpu',
  'usb-kbd',
  'usb-tablet',
]);

function plan(options: Partial<QemuOptions> = {}, more: Partial<QemuPlan> = {}): QemuPlan {
  const arch = options.arch ?? usualArch(options.machine);
  const machine = options.machine ?? usualMachine(arch);
  const board = boardOf(machine, arch);
  return {
    options: {
      name: 'guest',
      accel: 'tcg',
      memory: '1G',
      cpus: 2,
      drives: [],
      size: { width: 1280, height: 800 },
      rawArguments: [],
      log: silentLogger,
      ...options,
    },
    uuid: 'e0ca167e-e400-4b40-b9f3-c1e6b12253c8',
    arch,
    machine,
    board,
    accel: 'tcg',
    screen: board.screen,
    devices: DEVICES,
    no3d: null,
    drives: [],
    ...more,
  };
}

const argumentsOf = (...given: Parameters<typeof plan>): string =>
  qemuArguments(plan(...given), { qmp: 3, gpu: 5, agent: 4 }).join(' ');

test('a GPU that renders gets a display with OpenGL, which needs no GPU of the host', () => {
  const words = qemuArguments(plan(), { qmp: 3, gpu: 5, agent: 4 }, true);
  expect(words[words.indexOf('-display') + 1]).toBe('dbus,p2p=yes,gl=on,rendernode=/dev/null');
  const own = qemuArguments(plan({ machine: 'raspi2b' }), { qmp: 3, gpu: null, agent: null }, true);
  expect(own[own.indexOf('-display') + 1]).toBe('dbus,p2p=yes');
});

test('a PC gets our GPU with VGA, shared memory, input and the agent port, all by descriptor', () => {
  expect(argumentsOf()).toBe(
    '-name guest=guest -uuid e0ca167e-e400-4b40-b9f3-c1e6b12253c8 -no-user-config -nodefaults -S ' +
      '-machine q35,memory-backend=saffron-ram -accel tcg -cpu max,la57=off -smp 2 -m 1024M ' +
      '-object memory-backend-memfd,id=saffron-ram,size=1024M,share=on ' +
      '-chardev socket,id=saffron-qmp,fd=3 -mon chardev=saffron-qmp,mode=control ' +
      '-display dbus,p2p=yes -chardev socket,id=saffron-gpu,fd=5 -device vhost-user-vga,chardev=saffron-gpu,max_outputs=1,id=saffron-screen ' +
      '-device virtio-multitouch-pci -device virtio-keyboard-pci -device virtio-tablet-pci ' +
      '-object rng-builtin,id=saffron-rng -device virtio-rng-pci,rng=saffron-rng ' +
      '-device virtio-serial-pci,id=saffron-ports -chardev socket,id=saffron-agent-line,fd=4 -device ' +
      'virtserialport,bus=saffron-ports.0,id=saffron-agent,chardev=saffron-agent-line,name=com.redhat.spice.0',
  );
});

test('every head has a tablet and a touch screen of its own, by which the guest can tell them apart', () => {
  const text = argumentsOf({ heads: 2 });
  expect(text).toContain('max_outputs=2,id=saffron-screen');
  const on = (head: number): string => `display=saffron-screen,head=${head},serial=Virtual-${head + 1}`;
  expect(text.match(/-device virtio-(multitouch|keyboard|tablet)\S*/g)).toEqual([
    `-device virtio-multitouch-pci,${on(0)}`,
    `-device virtio-multitouch-pci,${on(1)}`,
    '-device virtio-keyboard-pci',
    `-device virtio-tablet-pci,${on(0)}`,
    `-device virtio-tablet-pci,${on(1)}`,
  ]);
});

test('a Raspberry Pi keeps its own screen, memory and processors', () => {
  const text = qemuArguments(plan({ machine: 'raspi2b' }), { qmp: 3, gpu: null, agent: null }).join(' ');
  expect(text).toContain('-machine raspi2b -accel tcg -chardev');
  expect(text).toContain('-display dbus,p2p=yes -device usb-kbd -device usb-tablet -audio none');
  expect(text).not.toMatch(/-smp|-m |-cpu|virtio|vhost/);
  expect(hasAgentPort(plan({ machine: 'raspi2b' }))).toBe(false);
  expect(hasTouchDevice(plan({ machine: 'raspi2b' }))).toBe(false);
});

test.each([
  ['arm64', { arch: 'aarch64' }, '-machine virt,memory-backend=saffron-ram -accel tcg -cpu max,pauth-impdef=on'],
  ['riscv64', { arch: 'riscv64' }, '-machine virt,memory-backend=saffron-ram -accel tcg -smp'],
])('virt on %s gets our GPU on PCI', (_, options, start) => {
  expect(argumentsOf(options)).toContain(start);
  expect(argumentsOf(options)).toContain('-device vhost-user-gpu-pci,chardev=saffron-gpu');
});

test('microvm gets its devices without PCI', () => {
  const text = argumentsOf(
    { machine: 'microvm' },
    { drives: ['file=/x,if=none,id=saffron-disk-0', 'file=/y,if=none,id=z'] },
  );
  expect(text).toContain(
    'id=saffron-disk-0 -device virtio-blk-device,drive=saffron-disk-0 -drive file=/y,if=none,id=z',
  );
  expect(text).toContain('-device vhost-user-gpu,chardev');
  expect(text).toContain('-device virtio-tablet-device');
});

test('KVM takes the host’s processor', () => {
  expect(argumentsOf({}, { accel: 'kvm' })).toContain('-accel kvm -cpu host');
});

test('a processor that was asked for is not given twice', () => {
  expect(argumentsOf({ rawArguments: ['-cpu', 'qemu64'] }).match(/-cpu/g)).toHaveLength(1);
});

test('devices that QEMU lacks are left out', () => {
  const text = argumentsOf({}, { devices: new Set(['vhost-user-vga']) });
  expect(text).not.toContain('virtio-multitouch');
  expect(text).not.toContain('rng');
});

test('commas in values do not end them', () => {
  expect(argumentsOf({ name: 'a,b' })).toContain('guest=a,,b');
  expect(argumentsOf({ cdrom: '/a,b.iso' })).toContain(
    '-drive file=/a,,b.iso,format=raw,media=cdrom,readonly=on,if=ide',
  );
  expect(argumentsOf({ serial: 'file:/x,y' })).toContain(
    'file,path=/x,,y,append=on,id=saffron-serial -serial chardev:',
  );
});

test('raw arguments come last', () => {
  expect(argumentsOf({ rawArguments: ['-boot', 'menu=on'] })).toMatch(/-boot menu=on$/);
});

describe('raw arguments', () => {
  test.each(['-display', '--display', '-nographic', '-daemonize', '-curses'])('%s is refused', (argument) => {
    expect(() => checkRawArguments([argument])).toThrow(UsageError);
  });

  test.each([
    [['-device', 'VGA'], true],
    [['-device', 'virtio-gpu-pci,max_outputs=2'], true],
    [['-device', 'driver=ramfb'], true],
    [['-vga', 'std'], true],
    [['-vga', 'none'], false],
    [['-device', 'e1000e,netdev=n'], false],
    [['-append', 'VGA'], false],
  ])('%j: brings a screen %s', (raw, answer) => expect(bringsScreen(raw)).toBe(answer));
});

describe('memory', () => {
  test.each([
    ['1G', 2 ** 30],
    ['512M', 2 ** 29],
    ['256', 2 ** 28],
    ['2048K', 2 ** 21],
  ])('%s', (text, bytes) => expect(parseMemory(text)).toBe(bytes));

  test.each(['', 'much', '-1G', '0', '1.5G', '9999999999999G', '1K', '1G,share=on'])('"%s" is refused', (text) => {
    expect(() => parseMemory(text)).toThrow(UsageError);
  });
});

test.each(['telnet:1', 'unix:', 'file:', ''])('a serial port to "%s" is refused', (serial) => {
  expect(() => argumentsOf({ serial })).toThrow(UsageError);
});

test.each([
  ['raspi2b', 'arm'],
  ['raspi3b', 'aarch64'],
  ['virt', 'aarch64'],
  ['q35', 'x86_64'],
  [undefined, 'x86_64'],
  ['sifive_u', 'riscv64'],
])('%s belongs to %s', (machine, arch) => expect(usualArch(machine)).toBe(arch));
