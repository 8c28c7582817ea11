/**
 * From what a guest consists of to QEMU's arguments. Everything is passed by inherited file descriptors: no socket, no
 * file and no port of ours can be left behind or be reached by others.
 */
import { UsageError } from '../../base/errors.ts';
import { parseMemory } from '../memory-size.ts';
import type { Board } from './board.ts';
import type { QemuOptions } from './qemu-options.ts';
import { quoteValue } from './quote-value.ts';

/** What was found out before the arguments can be made. */
export interface QemuPlan {
  readonly options: QemuOptions;
  readonly uuid: string;
  readonly arch: string;
  readonly machine: string | undefined;
  readonly board: Board;
  readonly accel: 'kvm' | 'tcg';
  /** Where the picture comes from; `vga` and `gpu` are our own device. */
  readonly screen: 'vga' | 'gpu' | 'own';
  /** Names that `-device help` lists. */
  readonly devices: ReadonlySet<string>;
  /** Why this QEMU cannot carry a device with 3D, in one sentence; null: it can. */
  readonly no3d: string | null;
  /** Settings for -drive, one a disk. */
  readonly drives: readonly string[];
}

/** Numbers that the descriptors have in QEMU; null: not given. */
export interface QemuDescriptors {
  readonly qmp: number;
  readonly gpu: number | null;
  readonly agent: number | null;
}

/** Ids of our devices, those in QMP events among them. */
export const AGENT_PORT_ID = 'saffron-agent';
const SCREEN_ID = 'saffron-screen';

const REFUSED = new Map([
  ['display', 'Saffron shows the screen itself'],
  ['nographic', 'Saffron shows the screen itself'],
  ['curses', 'Saffron shows the screen itself'],
  ['daemonize', 'Saffron watches over QEMU'],
]);

const GRAPHICS_DEVICE =
  /^(VGA|.*-vga|vga-.*|virtio-vga.*|virtio-gpu.*|vhost-user-gpu.*|qxl.*|bochs-display|ramfb|vmware-svga|sm501|tcx|cg3)$/;

/** Refuses raw arguments that would take from Saffron what it needs. Throws UsageError. */
export function checkRawArguments(rawArguments: readonly string[]): void {
  for (const argument of rawArguments) {
    const name = /^--?([a-z-]+)$/.exec(argument)?.[1];
    const why = name === undefined ? undefined : REFUSED.get(name);
    if (why !== undefined) throw new UsageError(`QEMU's ${argument} cannot be used here: ${why}.`);
  }
}

/** Whether raw arguments bring a screen of their own. */
export function bringsScreen(rawArguments: readonly string[]): boolean {
  return rawArguments.some((argument, index) => {
    const value = rawArguments[index + 1] ?? '';
    if (/^--?vga$/.test(argument)) return value !== 'none';
    if (!/^--?device$/.test(argument)) return false;
    return GRAPHICS_DEVICE.test(/^(?:driver=)?([^,]*)/.exec(value)?.[1] ?? '');
  });
}

/** Whether the guest gets a touch screen. */
export function hasTouchDevice(plan: QemuPlan): boolean {
  return plan.board.bus !== 'none' && plan.devices.has(onBus(plan.board, 'virtio-multitouch'));
}

/** Whether the guest gets a port for its agent. */
export function hasAgentPort(plan: QemuPlan): boolean {
  return (
    plan.board.bus !== 'none' &&
    plan.devices.has(onBus(plan.board, 'virtio-serial')) &&
    plan.devices.has('virtserialport')
  );
}

/**
 * QEMU's whole argument list. QEMU waits, its processors stopped, until it is told to go on. `isRendering`: our device offers
 * 3D.
 */
export function qemuArguments(plan: QemuPlan, fds: QemuDescriptors, isRendering = false): string[] {
  const { options } = plan;
  const words: Words = [
    ['-name', `guest=${quoteValue(options.name)}`],
    ['-uuid', plan.uuid],
    ['-no-user-config'],
    ['-nodefaults'],
    ['-S'],
    ...machineArguments(plan),
    ['-chardev', `socket,id=saffron-qmp,fd=${fds.qmp}`],
    ['-mon', 'chardev=saffron-qmp,mode=control'],
    ...screenArguments(plan, fds, isRendering),
    ...inputArguments(plan),
    ...deviceArguments(plan, fds),
    ...bootArguments(options),
    ...driveArguments(plan),
    ...cdromArguments(plan),
    ...serialArguments(options.serial ?? 'off'),
    options.rawArguments,
  ];
  return words.flat();
}

/** Options, each with its value if it has one. */
type Words = readonly (readonly string[])[];

function machineArguments(plan: QemuPlan): Words {
  const { options, board, accel } = plan;
  const memoryMiB = Math.ceil(parseMemory(options.memory) / 2 ** 20);
  const isShared = plan.screen !== 'own';
  const isArmVirt = plan.arch === 'aarch64' && plan.machine?.startsWith('virt') === true;
  const machine = [
    ...(plan.machine === undefined ? [] : [plan.machine]),
    ...(isShared ? ['memory-backend=saffron-ram'] : []),
    ...(accel === 'kvm' && isArmVirt ? ['gic-version=host'] : []),
  ];
  const processor = processorModel(plan.arch, board, accel);
  const words: string[][] = [];
  if (machine.length > 0) words.push(['-machine', machine.join(',')]);
  words.push(['-accel', accel]);
  if (processor !== null && !options.rawArguments.some((word) => /^--?cpu$/.test(word)))
    words.push(['-cpu', processor]);
  if (!board.isFixed) words.push(['-smp', String(options.cpus)], ['-m', `${memoryMiB}M`]);
  if (isShared) words.push(['-object', `memory-backend-memfd,id=saffron-ram,size=${memoryMiB}M,share=on`]);
  return words;
}

/** Everything the accelerator offers; TCG without five-level paging, which only lengthens its page walks. */
function processorModel(arch: string, board: Board, accel: 'kvm' | 'tcg'): string | null {
  if (board.bus === 'none') return null;
  if (accel === 'kvm') return 'host';
  if (arch === 'x86_64') return 'max,la57=off';
  if (arch === 'aarch64') return 'max,pauth-impdef=on';
  if (arch === 'arm') return 'max';
  return null;
}

function screenArguments(plan: QemuPlan, fds: QemuDescriptors, isRendering: boolean): Words {
  if (plan.screen === 'own' || fds.gpu === null) return [['-display', 'dbus,p2p=yes']];
  const device =
    plan.screen === 'vga' ? 'vhost-user-vga' : plan.board.bus === 'pci' ? 'vhost-user-gpu-pci' : 'vhost-user-gpu';
  return [
    // Carries input and sizes alone: QEMU has no picture of this device. A device that offers virgl wants a display with
    // gl all the same, which costs 70 MB and 0.2 s; with no GPU to open it makes do with software.
    ['-display', isRendering ? 'dbus,p2p=yes,gl=on,rendernode=/dev/null' : 'dbus,p2p=yes'],
    ['-chardev', `socket,id=saffron-gpu,fd=${fds.gpu}`],
    ['-device', `${device},chardev=saffron-gpu,max_outputs=${plan.options.heads ?? 1},id=${SCREEN_ID}`],
  ];
}

/**
 * A PC has its PS/2 keyboard and mouse for firmware beside these. The touch screen comes before the tablet: QEMU gives
 * buttons to the device whose driver started last, and drivers start in the order of the devices. With several heads each
 * has a tablet and a touch screen of its own, whose serial is the name of its output in Linux: places of one device are all
 * over one head, and only that tells the guest which.
 */
function inputArguments(plan: QemuPlan): Words {
  const { board, devices } = plan;
  const names = board.hasUsbInput
    ? ['usb-kbd', 'usb-tablet']
    : board.bus === 'none'
      ? []
      : ['virtio-multitouch', 'virtio-keyboard', 'virtio-tablet'].map((name) => onBus(board, name));
  const heads = plan.screen === 'own' ? 1 : (plan.options.heads ?? 1);
  return names
    .filter((name) => devices.has(name))
    .flatMap((name) =>
      heads === 1 || name === onBus(board, 'virtio-keyboard')
        ? [['-device', name]]
        : Array.from({ length: heads }, (_, head) => ['-device', `${name},${placeOf(head)}`]),
    );
}

function placeOf(head: number): string {
  return `display=${SCREEN_ID},head=${head},serial=Virtual-${head + 1}`;
}

function deviceArguments(plan: QemuPlan, fds: QemuDescriptors): Words {
  const { board, devices } = plan;
  // Sound that is soldered on plays to nobody.
  if (board.bus === 'none') return [['-audio', 'none']];
  const words: string[][] = [];
  const rng = onBus(board, 'virtio-rng');
  if (devices.has(rng)) words.push(['-object', 'rng-builtin,id=saffron-rng'], ['-device', `${rng},rng=saffron-rng`]);
  if (fds.agent !== null) {
    const port = `bus=saffron-ports.0,id=${AGENT_PORT_ID},chardev=saffron-agent-line,name=com.redhat.spice.0`;
    words.push(
      ['-device', `${onBus(board, 'virtio-serial')},id=saffron-ports`],
      ['-chardev', `socket,id=saffron-agent-line,fd=${fds.agent}`],
      ['-device', `virtserialport,${port}`],
    );
  }
  return words;
}

function bootArguments({ kernel, initrd, append }: QemuOptions): Words {
  const words: string[][] = [];
  if (kernel !== undefined) words.push(['-kernel', kernel]);
  if (initrd !== undefined) words.push(['-initrd', initrd]);
  if (append !== undefined) words.push(['-append', append]);
  return words;
}

/** The id of a disk that needs a device beside. */
export function diskId(index: number): string {
  return `saffron-disk-${index}`;
}

function driveArguments({ drives, board }: QemuPlan): Words {
  return drives.flatMap((drive, index) => {
    const needsDevice = board.diskInterface === 'none' && drive.endsWith(`,id=${diskId(index)}`);
    const device = ['-device', `virtio-blk-device,drive=${diskId(index)}`];
    return needsDevice ? [['-drive', drive], device] : [['-drive', drive]];
  });
}

function cdromArguments({ options: { cdrom }, board }: QemuPlan): Words {
  if (cdrom === undefined) return [];
  const image = `file=${quoteValue(cdrom)},format=raw,media=cdrom,readonly=on`;
  if (board.cdrom === 'default') return [['-drive', image]];
  if (board.cdrom === 'ide') return [['-drive', `${image},if=ide`]];
  return [
    ['-drive', `${image},if=none,id=saffron-cd`],
    ['-device', 'virtio-scsi-pci,id=saffron-scsi'],
    ['-device', 'scsi-cd,bus=saffron-scsi.0,drive=saffron-cd'],
  ];
}

/** The file or socket that a serial port's setting names. */
export function serialPath(serial: string | undefined): string | null {
  return /^(?:unix|file):(.+)$/s.exec(serial ?? '')?.[1] ?? null;
}

function serialArguments(serial: string): Words {
  const chardev = serialChardev(serial);
  return chardev === null
    ? []
    : [
        ['-chardev', `${chardev},id=saffron-serial`],
        ['-serial', 'chardev:saffron-serial'],
      ];
}

function serialChardev(serial: string): string | null {
  if (serial === 'off') return null;
  if (serial === 'stdio') return 'stdio,signal=off';
  const path = serialPath(serial);
  if (path === null) {
    throw new UsageError(`The serial port cannot go to "${serial}": it wants stdio, off, unix:PATH or file:PATH.`);
  }
  return serial.startsWith('unix:')
    ? `socket,path=${quoteValue(path)},server=on,wait=off`
    : `file,path=${quoteValue(path)},append=on`;
}

function onBus(board: Board, device: string): string {
  return board.bus === 'mmio' ? `${device}-device` : `${device}-pci`;
}
