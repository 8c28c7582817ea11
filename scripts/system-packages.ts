/**
 * What Saffron wants of the operating system, and which packages bring it. Everything is looked for as a file or program,
 * not as a package, so that what was installed in another way counts too.
 */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** The main job, the tests as well, or also the comparison with other GPU servers. */
export type Job = 'run' | 'test' | 'conformance';

const JOBS: readonly Job[] = ['run', 'test', 'conformance'];

/** One thing that is wanted. */
export interface Need {
  readonly what: string;
  readonly job: Job;
  /** Whether the job cannot be done without it. */
  readonly isEssential: boolean;
  /** Whether its package belongs to QEMU, all of whose packages must be of one version. */
  readonly isQemu: boolean;
  readonly isHere: (machine: MachineView) => boolean;
  /** Packages by package manager; empty: it has none for it. */
  readonly apt: string;
  readonly dnf: string;
  readonly pacman: string;
}

/** What is asked of the machine. */
export interface MachineView {
  /** Whether a program of one of these names is in PATH or a folder of system programs. */
  hasProgram(...names: readonly string[]): boolean;
  /** Whether one of these files or folders is there. */
  hasFile(...paths: readonly string[]): boolean;
  /** Whether QEMU has this loadable module. */
  hasQemuModule(name: string): boolean;
  /** `isOldQemu`: there is a QEMU, but it is older than 8.2. */
  readonly isOldQemu: boolean;
}

const FONT = '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf';

/** Everything, in the order in which it is told. */
export const NEEDS: readonly Need[] = [
  {
    ...test(
      'Mesa’s OpenGL without a screen, for 3D',
      (it) => it.hasFile(...libraryFolders('libEGL.so.1')) && it.hasFile(...libraryFolders('dri/swrast_dri.so')),
      'libegl1 libgl1-mesa-dri',
      'mesa-libEGL mesa-dri-drivers',
      'mesa',
    ),
    job: 'run',
    isEssential: false,
  },
  qemu('QEMU 8.2 or newer for PC guests', 'test', (it) => it.hasProgram('qemu-system-x86_64') && !it.isOldQemu, {
    apt: 'qemu-system-x86',
    dnf: 'qemu-system-x86',
    pacman: 'qemu-system-x86',
  }),
  qemu(
    "QEMU's D-Bus and OpenGL displays",
    'test',
    (it) => it.hasQemuModule('ui-dbus') && it.hasQemuModule('ui-opengl'),
    {
      apt: 'qemu-system-modules-opengl',
      dnf: 'qemu-ui-dbus qemu-ui-opengl qemu-ui-egl-headless',
      pacman: 'qemu-ui-dbus qemu-ui-opengl qemu-ui-egl-headless',
    },
  ),
  {
    ...qemu("QEMU's disk image tools", 'test', (it) => it.hasProgram('qemu-img'), {
      apt: 'qemu-utils',
      dnf: 'qemu-img',
      pacman: 'qemu-img',
    }),
    isEssential: false,
  },
  qemu('QEMU for ARM boards', 'test', (it) => it.hasProgram('qemu-system-arm'), {
    apt: 'qemu-system-arm',
    dnf: 'qemu-system-arm',
    pacman: 'qemu-system-arm',
  }),
  qemu('QEMU for RISC-V boards', 'test', (it) => it.hasProgram('qemu-system-riscv64'), {
    apt: 'qemu-system-riscv',
    dnf: 'qemu-system-riscv',
    pacman: 'qemu-system-riscv',
  }),
  test(
    'U-Boot for RISC-V boards',
    (it) => it.hasFile('/usr/lib/u-boot/qemu-riscv64/u-boot.bin'),
    'u-boot-qemu',
    '',
    '',
  ),
  qemu("QEMU's own SPICE server, to compare with", 'test', (it) => it.hasQemuModule('ui-spice-core'), {
    apt: 'qemu-system-modules-spice',
    dnf: 'qemu-ui-spice-core',
    pacman: 'qemu-ui-spice-core',
  }),
  qemu('QEMU for RISC-V programs, to compare with', 'test', (it) => it.hasProgram('qemu-riscv64'), {
    apt: 'qemu-user',
    dnf: 'qemu-user',
    pacman: 'qemu-user',
  }),
  test('e2fsck and debugfs, to check disks', (it) => it.hasProgram('e2fsck') && it.hasProgram('debugfs'), 'e2fsprogs'),
  test('Chromium', (it) => it.hasProgram('chromium', 'chromium-browser', 'google-chrome'), 'chromium'),
  test('Xvfb', (it) => it.hasProgram('Xvfb'), 'xvfb', 'xorg-x11-server-Xvfb', 'xorg-server-xvfb'),
  test('remote-viewer', (it) => it.hasProgram('remote-viewer'), 'virt-viewer'),
  test('spicy', (it) => it.hasProgram('spicy'), 'spice-client-gtk', 'spice-gtk-tools', 'spice-gtk'),
  test(
    'SpiceClientGLib for Python',
    (it) => it.hasFile(...libraryFolders('girepository-1.0/SpiceClientGLib-2.0.typelib')),
    'gir1.2-spiceclientglib-2.0',
    'spice-glib',
    'spice-gtk',
  ),
  test(
    'GObject for Python',
    (it) => it.hasFile('/usr/lib/python3/dist-packages/gi/__init__.py') || hasPythonModule('gi'),
    'python3-gi',
    'python3-gobject',
    'python-gobject',
  ),
  test('spice-html5', (it) => it.hasFile('/usr/share/spice-html5'), 'spice-html5', 'spice-html5', ''),
  test('ImageMagick', (it) => it.hasProgram('import'), 'imagemagick', 'ImageMagick', 'imagemagick'),
  test('the device tree compiler', (it) => it.hasProgram('dtc'), 'device-tree-compiler', 'dtc', 'dtc'),
  test('xdotool', (it) => it.hasProgram('xdotool'), 'xdotool'),
  test(
    'a C compiler',
    (it) => it.hasProgram('gcc') && it.hasFile('/usr/include/stdio.h'),
    'gcc libc6-dev',
    'gcc glibc-static',
    'gcc',
  ),
  test(
    'a C compiler for RISC-V',
    (it) => it.hasProgram('riscv64-linux-gnu-gcc') && it.hasFile('/usr/riscv64-linux-gnu/include/stdio.h'),
    'gcc-riscv64-linux-gnu libc6-dev-riscv64-cross',
    '',
    'riscv64-linux-gnu-gcc riscv64-linux-gnu-glibc',
  ),
  test('piglit', (it) => it.hasFile(...libraryFolders('piglit/bin/shader_runner')), 'piglit', '', ''),
  {
    ...test('virgl_test_server, to compare with', (it) => it.hasProgram('virgl_test_server'), 'virgl-server'),
    job: 'conformance',
  },
  {
    ...test('glmark2', (it) => it.hasProgram('glmark2', 'glmark2-es2'), 'glmark2-x11 glmark2-es2-x11', 'glmark2', ''),
    job: 'conformance',
  },
  test(
    'DejaVu fonts',
    (it) => it.hasFile(FONT, '/usr/share/fonts/dejavu-sans-fonts', '/usr/share/fonts/TTF/DejaVuSans.ttf'),
    'fonts-dejavu-core',
    'dejavu-sans-fonts',
    'ttf-dejavu',
  ),
];

/** What a job wants and this machine lacks. Each wants what the jobs before it do, too. */
export function missingNeeds(job: Job, machine: MachineView): readonly Need[] {
  return NEEDS.filter((need) => JOBS.indexOf(need.job) <= JOBS.indexOf(job) && !need.isHere(machine));
}

/** The machine this runs on. */
export function thisMachine(isOldQemu: boolean): MachineView {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return {
    hasProgram: (...names) =>
      names.some((name) => folders.some((folder) => folder !== '' && existsSync(join(folder, name)))),
    hasFile: (...paths) => paths.some((path) => existsSync(path)),
    hasQemuModule: (name) =>
      [...libraryFolders(`qemu/${name}.so`), `/usr/local/lib/qemu/${name}.so`].some((path) => existsSync(path)),
    isOldQemu,
  };
}

/** The file in every folder where libraries lie. */
function libraryFolders(file: string): string[] {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.includes('-linux-gnu')) : [];
  return [...folders.map((name) => `/usr/lib/${name}`), '/usr/lib64', '/usr/lib'].map((folder) => join(folder, file));
}

function hasPythonModule(name: string): boolean {
  return ['/usr/lib', '/usr/lib64'].some(
    (folder) =>
      existsSync(folder) &&
      readdirSync(folder).some(
        (entry) => /^python3\.\d+$/.test(entry) && existsSync(join(folder, entry, 'site-packages', name)),
      ),
  );
}

type Packages = Pick<Need, 'apt' | 'dnf' | 'pacman'>;

function qemu(what: string, job: Job, isHere: Need['isHere'], packages: Packages): Need {
  return { what, job, isEssential: true, isQemu: true, isHere, ...packages };
}

function test(what: string, isHere: Need['isHere'], apt: string, dnf: string = apt, pacman: string = apt): Need {
  return { what, job: 'test', isEssential: true, isQemu: false, isHere, apt, dnf, pacman };
}
