/**
 * The command line as data: every command and option is a row below, from which parsing, checking and `--help` follow.
 * A mistake is a UsageError: one sentence that says how to mend it.
 */
import { parseArgs } from 'node:util';
import { UsageError } from '../base/errors.ts';
import { GUEST_LIMIT_OPTIONS, PROGRAM_LIMIT_OPTIONS } from './gpu-limit-options.ts';

interface OptionRow {
  /** What the value is called in the help; absent for a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly many?: true;
  /** Refuses a value by returning what it should have been. */
  readonly check?: (value: string) => string | null;
  readonly fallback?: string;
  readonly help: string;
}

interface CommandRow {
  /** Words after the command, as the help shows them; those in brackets may be left out. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly about: string;
  readonly examples: readonly string[];
  /** Whether words after `--` are taken. */
  readonly rest?: string;
  readonly options: Readonly<Record<string, OptionRow>>;
}

const oneOf =
  (...values: readonly string[]) =>
  (value: string): string | null =>
    values.includes(value) ? null : `one of ${values.join(', ')}`;
const matching =
  (pattern: RegExp, what: string) =>
  (value: string): string | null =>
    pattern.test(value) ? null : what;

const CACHE: OptionRow = { value: 'DIR', help: 'Keep guest images here instead of in your cache folder.' };
const RENDER_NODE: OptionRow = {
  value: 'NODE',
  fallback: 'auto',
  check: matching(/^(auto|software|\/.+)$/, 'auto, software or a path such as /dev/dri/renderD128'),
  help: 'Who renders 3D. auto: a GPU if there is one; software; or the path of a render node.',
};
const MIRROR: OptionRow = {
  value: 'URL',
  check: matching(/^https?:\/\/./, 'an address that begins with http:// or https://'),
  help: "Debian mirror to make the guest from (default: that of this machine's own packages).",
};
const SUITE: OptionRow = { value: 'NAME', fallback: 'trixie', help: 'Debian suite the guest is made of.' };

const PACKAGES: OptionRow = {
  value: 'LIST',
  help: 'Debian packages that the guest has besides, with all they depend on, such as gcc,libc6-dev.',
};

/** Every command of the program. */
export const COMMANDS = {
  run: {
    words: [],
    summary: 'Run a guest and show its screen in the browser and in SPICE programs.',
    about:
      'Starts a virtual machine without any screen on this host and serves its screen: to a browser over https, and to ' +
      'remote-viewer, spicy or GNOME Boxes over SPICE. Without --kernel, --drive or --cdrom it runs a small Debian desktop, ' +
      'which is made once from Debian packages, on a 64-bit RISC-V machine of its own. QEMU runs what that machine can not: ' +
      'disks that boot, and PC, ARM and other guests. Ctrl-C ends it.',
    examples: [
      'saffron run',
      'saffron run --drive disk.qcow2 --memory 4G --cpus 2 --spice tls:0.0.0.0:5901',
      'saffron run --cdrom install.iso --drive disk.qcow2 --web 0.0.0.0:8443',
      'saffron run --engine qemu --accel kvm',
      'saffron run --machine raspi2b --kernel kernel7.img --no-password --spice unix:/run/pi.sock --web off',
    ],
    rest: 'Everything after -- is given to QEMU as it is.',
    options: {
      engine: {
        value: 'ENGINE',
        check: oneOf('qemu', 'built-in'),
        help:
          'What runs the guest: built-in, a 64-bit RISC-V machine that needs no QEMU, or qemu (default: built-in, unless ' +
          'something is asked for that only QEMU has).',
      },
      name: {
        value: 'NAME',
        check: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dots and dashes, 64 at most'),
        help: 'Name of the guest in titles, sockets and `saffron list` (default: that of its image).',
      },
      guest: {
        value: 'IMAGE',
        check: oneOf('debian-amd64', 'debian-riscv64'),
        help: 'Ready-made guest image to run (default debian-riscv64, with --engine qemu debian-amd64).',
      },
      suite: SUITE,
      packages: PACKAGES,
      mirror: MIRROR,
      kernel: { value: 'FILE', help: 'Boot this kernel.' },
      firmware: {
        value: 'FILE',
        help: 'Firmware that runs before the kernel or instead of it, such as OpenSBI or U-Boot (built-in machine).',
      },
      initrd: { value: 'FILE', help: 'Initial RAM disk for --kernel.' },
      append: { value: 'TEXT', help: 'Kernel command line; added to that of a ready-made guest.' },
      drive: { value: 'FILE', many: true, help: 'Disk image, or QEMU drive settings (file=…,format=…).' },
      cdrom: { value: 'FILE', help: 'CD image for QEMU to boot from.' },
      memory: {
        value: 'SIZE',
        fallback: '1G',
        check: matching(/^[1-9][0-9]{0,8}[MG]$/, 'a number with M or G, such as 512M or 4G'),
        help: 'Memory of the guest.',
      },
      cpus: {
        value: 'N',
        fallback: '1',
        check: matching(/^[1-9][0-9]?[0-9]?$/, 'a number from 1 to 999'),
        help: 'Processors of the guest.',
      },
      machine: { value: 'TYPE', help: 'QEMU machine type, such as q35, raspi2b or virt.' },
      arch: {
        value: 'ARCH',
        check: matching(/^[a-z0-9_]+$/, 'a name as in qemu-system-ARCH'),
        help: 'Processor family for QEMU, as in qemu-system-ARCH (default: what --machine or the guest needs, else x86_64).',
      },
      accel: {
        value: 'WAY',
        fallback: 'auto',
        check: oneOf('kvm', 'tcg', 'auto'),
        help: "How QEMU runs it: kvm, on the host's own processor; tcg, emulated; auto, kvm where it works.",
      },
      qemu: { value: 'FILE', help: 'The QEMU program to use instead of the one found in PATH.' },
      serial: {
        value: 'WHERE',
        check: matching(/^(stdio|off|unix:.+|file:.+)$/, 'stdio, off, unix:PATH or file:PATH'),
        help: "The guest's first serial port: stdio, off, unix:PATH or file:PATH (default off).",
      },
      size: {
        value: 'WxH',
        fallback: '1280x800',
        check: matching(/^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$/, 'width and height in pixels, such as 1920x1080'),
        help: 'Size of the screen at start; a viewer may ask the guest for another.',
      },
      heads: {
        value: 'N',
        fallback: '1',
        check: matching(/^([1-9]|1[0-6])$/, 'a number from 1 to 16'),
        help: 'Screens of the guest, side by side: a window each in remote-viewer, and in the page one by choice.',
      },
      gpu: {
        value: 'KIND',
        fallback: 'auto',
        check: oneOf('auto', '3d', '2d'),
        help: '3d: OpenGL for the guest, rendered here; 2d: a plain screen; auto: 3D where it can be had.',
      },
      'render-node': RENDER_NODE,
      'shader-cache': {
        value: 'FOLDER|off',
        help: "Keep the guest's compiled shaders, and what of its code is hot, here for its next run (default: a folder for each guest's files and name).",
      },
      ...GUEST_LIMIT_OPTIONS,
      spice: {
        value: 'URI',
        many: true,
        help: 'Serve SPICE on unix:PATH, tcp:HOST:PORT or tls:HOST:PORT; append ?view-only to let nobody type there.',
      },
      web: {
        value: 'HOST:PORT|off',
        help: 'Serve the browser client here over https (default localhost:8443, or the next free port).',
      },
      'tls-cert': { value: 'FILE', help: 'Certificate (PEM) for https and tls instead of one made here.' },
      'tls-key': { value: 'FILE', help: 'Its private key (PEM).' },
      origin: { value: 'ORIGIN', many: true, help: 'Web origin, besides our own page, that may connect by WebSocket.' },
      'password-file': {
        value: 'FILE',
        help: 'The first line of FILE is the password (default: one is made and printed).',
      },
      'view-password-file': { value: 'FILE', help: 'Likewise, a second password that lets people watch only.' },
      icount: {
        help: 'Count time in instructions (built-in machine, one processor, 2D): a guest that nobody types to does the same in every run, and when it powers off a digest of its memory is told. Its clock starts in 2025, and random numbers are the same each time.',
      },
      'no-password': { help: 'Let everybody in who can reach a socket.' },
      'view-only': { help: 'Viewers watch: keys and pointer do nothing.' },
      'stop-timeout': {
        value: 'SECONDS',
        fallback: '30',
        check: matching(/^[0-9]{1,5}$/, 'a number of seconds'),
        help: 'At Ctrl-C a guest with a disk of yours may shut down for so long before it is switched off.',
      },
      'cache-dir': CACHE,
      json: { help: 'Print events as JSON lines on stdout: gpu, ready, viewer, guest, stopped.' },
      'log-level': {
        value: 'LEVEL',
        fallback: 'warn',
        check: oneOf('error', 'warn', 'info', 'debug'),
        help: 'error, warn, info or debug.',
      },
    },
  },
  list: {
    words: [],
    summary: 'List the guests that run now.',
    about: 'Shows the name, state, viewers and addresses of every guest that this user runs on this host.',
    examples: ['saffron list'],
    options: { json: { help: 'Print JSON.' } },
  },
  powerdown: control('Ask a running guest to shut down by itself, as its power button would.'),
  reset: control('Reset a running guest at once.'),
  pause: control('Stop the processors of a running guest.'),
  resume: control('Let a paused guest run on.'),
  kill: control('Switch a running guest off at once.'),
  guest: {
    words: ['build|list', '[IMAGE]'],
    summary: 'Make or list ready-made guest images.',
    about:
      'build IMAGE makes debian-amd64 or debian-riscv64 out of signature-checked Debian packages and keeps it in your cache ' +
      'folder; list shows what is there.',
    examples: [
      'saffron guest build debian-riscv64',
      'saffron guest build debian-riscv64 --packages gcc,libc6-dev',
      'saffron guest list',
    ],
    options: {
      suite: SUITE,
      packages: PACKAGES,
      mirror: MIRROR,
      'cache-dir': CACHE,
      json: { help: 'Print JSON.' },
    },
  },
  gpu: {
    words: [],
    summary: 'Render OpenGL for programs and containers of this host.',
    about:
      'Serves the vtest protocol on a Unix socket: programs whose Mesa uses the virpipe driver (GALLIUM_DRIVER=virpipe, ' +
      'LIBGL_ALWAYS_SOFTWARE=1) are rendered here, on the GPU or in software, each in a process of its own. It stands in ' +
      'for virgl_test_server. Ctrl-C ends it.',
    examples: [
      'saffron gpu --socket /tmp/.virgl_test',
      'saffron gpu --socket /run/gpu.sock --max-clients 4 --memory-limit 1G',
    ],
    options: {
      socket: {
        value: 'PATH',
        help: 'Listen here; Mesa looks at /tmp/.virgl_test unless VTEST_SOCKET_NAME names another.',
      },
      'render-node': RENDER_NODE,
      'max-clients': {
        value: 'N',
        fallback: '16',
        check: matching(/^[1-9][0-9]{0,3}$/, 'a number from 1 to 9999'),
        help: 'Programs served at a time.',
      },
      'shader-cache': {
        value: 'FOLDER',
        help: 'Keep compiled shaders here, for all programs: they must trust each other (default: each keeps to itself).',
      },
      ...PROGRAM_LIMIT_OPTIONS,
      json: { help: 'Print events as JSON lines on stdout: ready, client, quota, refused, stopped.' },
      'log-level': {
        value: 'LEVEL',
        fallback: 'warn',
        check: oneOf('error', 'warn', 'info', 'debug'),
        help: 'error, warn, info or debug.',
      },
    },
  },
  doctor: {
    words: [],
    summary: 'Say what this machine can do and what to install for more.',
    about: 'Checks every program and library that Saffron can use. Exit status 0: a guest can be run.',
    examples: ['saffron doctor'],
    options: { json: { help: 'Print JSON.' } },
  },
} as const satisfies Readonly<Record<string, CommandRow>>;

function control(summary: string): CommandRow {
  return {
    words: ['[NAME]'],
    summary,
    about: `${summary} NAME may be left out when only one guest runs; \`saffron list\` shows the names.`,
    examples: [],
    options: {},
  };
}

export type CommandName = keyof typeof COMMANDS;

/** A command line that holds: the command, its words, options by name and what stood after `--`. */
export interface CommandLine {
  readonly command: CommandName;
  readonly words: readonly string[];
  readonly rest: readonly string[];
  /** The value given, or the default. */
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  has(option: string): boolean;
}

/** What the user wants: a command, or to read something. */
export type Parsed =
  | { readonly kind: 'command'; readonly line: CommandLine }
  | { readonly kind: 'print'; readonly text: string };

/** Reads the words after the program's name. Throws UsageError. */
export function parseCommandLine(argv: readonly string[], version: string): Parsed {
  const [name, ...others] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' ? others[0] : undefined;
    return { kind: 'print', text: about !== undefined && isCommand(about) ? commandHelp(about) : programHelp() };
  }
  if (name === '--version' || name === 'version') return { kind: 'print', text: `saffron ${version}\n` };
  if (!isCommand(name)) throw new UsageError(`There is no command "${name}": "saffron --help" lists them.`);
  const row: CommandRow = COMMANDS[name];
  const dashes = others.indexOf('--');
  const own = dashes < 0 ? others : others.slice(0, dashes);
  const rest = dashes < 0 ? [] : others.slice(dashes + 1);
  if (own.includes('--help') || own.includes('-h')) return { kind: 'print', text: commandHelp(name) };
  if (rest.length > 0 && row.rest === undefined) throw new UsageError(`"saffron ${name}" takes nothing after "--".`);

  const { values, positionals } = parse(name, row, own);
  const given = new Map<string, readonly string[]>();
  for (const [option, value] of Object.entries(values)) {
    const rows = row.options[option];
    const list = (Array.isArray(value) ? value : [value]).map(String);
    for (const text of list) {
      const wanted = rows?.check?.(text);
      if (typeof wanted === 'string') throw new UsageError(`--${option} ${text} does not do: it wants ${wanted}.`);
    }
    given.set(option, list);
  }
  const least = row.words.filter((word) => !word.startsWith('[')).length;
  if (positionals.length < least)
    throw new UsageError(`"saffron ${name}" wants ${row.words[positionals.length]}: see "saffron ${name} --help".`);
  if (positionals.length > row.words.length)
    throw new UsageError(
      `"saffron ${name}" has no use for "${positionals[row.words.length]}": see "saffron ${name} --help".`,
    );
  return {
    kind: 'command',
    line: {
      command: name,
      words: positionals,
      rest,
      text: (option) => given.get(option)?.at(-1) ?? row.options[option]?.fallback,
      texts: (option) => given.get(option) ?? [],
      has: (option) => given.has(option),
    },
  };
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function parse(
  name: CommandName,
  row: CommandRow,
  args: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(row.options).map(([option, { value, many }]) => [
      option,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: many === true },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values, positionals };
  } catch (error) {
    throw new UsageError(explain(name, row, error), { cause: error });
  }
}

function explain(name: CommandName, row: CommandRow, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const option = /'-?-?([a-z-]+)[^']*'/.exec(message)?.[1];
  if (option !== undefined && row.options[option]?.value !== undefined)
    return `--${option} wants a value: --${option} ${row.options[option].value}.`;
  if (option !== undefined && row.options[option] !== undefined) return `--${option} takes no value.`;
  const near = option === undefined ? undefined : nearest(option, Object.keys(row.options));
  const hint = near === undefined ? '' : ` Did you mean --${near}?`;
  return option === undefined
    ? `${message}: see "saffron ${name} --help".`
    : `"saffron ${name}" has no option --${option}.${hint} "saffron ${name} --help" lists them.`;
}

/** The known word that takes the fewest changed letters to reach, if they are few. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({ name, edits: editDistance(word, name) })).toSorted((a, b) => a.edits - b.edits);
  return ranked.find(({ name, edits }) => edits <= Math.max(1, name.length / 3))?.name;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function programHelp(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  return [
    'Saffron shows the screen of a virtual machine in the browser and in SPICE programs; neither host nor guest needs a screen.',
    '',
    'Usage: saffron COMMAND [OPTIONS]',
    '',
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
    '',
    '"saffron COMMAND --help" tells more.',
    '',
  ].join('\n');
}

function commandHelp(name: CommandName): string {
  const row: CommandRow = COMMANDS[name];
  const options = Object.entries(row.options).map(
    ([option, { value }]) => `--${option}${value === undefined ? '' : ` ${value}`}`,
  );
  const width = Math.max(0, ...options.map((option) => option.length)) + 2;
  const usage = [
    'saffron',
    name,
    ...row.words,
    ...(options.length > 0 ? ['[OPTIONS]'] : []),
    ...(row.rest ? ['[-- QEMU ARGUMENTS]'] : []),
  ];
  const lines = [`Usage: ${usage.join(' ')}`, '', ...wrapped(row.about, 0)];
  if (options.length > 0) {
    lines.push('', 'Options:');
    Object.values(row.options).forEach((option, index) => {
      const fallback = option.fallback === undefined ? '' : ` (default ${option.fallback})`;
      const [first = '', ...more] = wrapped(option.help + fallback, width + 2);
      lines.push(`  ${(options[index] ?? '').padEnd(width)}${first.trimStart()}`, ...more);
    });
  }
  if (row.rest !== undefined) lines.push('', ...wrapped(row.rest, 0));
  if (row.examples.length > 0) lines.push('', 'Examples:', ...row.examples.map((example) => `  ${example}`));
  return `${lines.join('\n')}\n`;
}

function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + word.length >= 100) {
      lines.push(' '.repeat(indent) + line);
      line = '';
    }
    line += (line === '' ? '' : ' ') + word;
  }
  return [...lines, ' '.repeat(indent) + line];
}
