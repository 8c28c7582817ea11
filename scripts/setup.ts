/**
 * `node scripts/setup.ts run|test|conformance`: sees to it that the machine has the system packages of the main job, of the
 * tests as well, or also of the comparison with other GPU servers. Does nothing, at once, when all is there. Installs through apt as root or with sudo that asks no password; elsewhere
 * it names what to install. Ends with 0, or with 2 when something is missing that the job cannot be done without.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { messageOf } from '../src/base/errors.ts';
import { findDebianMirror, printDeb822Source, readDebianSources } from '../src/emu/guest/debian-sources.ts';
import { ProgressLine } from './progress-line.ts';
import { missingNeeds, thisMachine, type Job, type Need } from './system-packages.ts';

const BACKPORTS_FILE = '/etc/apt/sources.list.d/saffron-backports.sources';
const OLDEST_QEMU = [8, 2] as const;

process.exitCode = await main(process.argv[2]);

async function main(job: string | undefined): Promise<number> {
  if (job !== 'run' && job !== 'test' && job !== 'conformance') {
    process.stderr.write('usage: node scripts/setup.ts run|test|conformance\n');
    return 2;
  }
  if (platform() !== 'linux') return tellOfOtherSystems(job);
  const missing = missingNeeds(job, thisMachine(isOldQemu()));
  if (missing.length === 0) return 0;
  process.stderr.write(`This machine lacks: ${missing.map(({ what }) => what).join('; ')}.\n`);
  const asRoot = rightsPrefix();
  if (!existsSync('/usr/bin/apt-get') || asRoot === null) return tellWhatToInstall(job, missing);
  try {
    await install(missing, asRoot);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
  }
  const still = missingNeeds(job, thisMachine(isOldQemu()));
  return still.length === 0 ? 0 : tellWhatToInstall(job, still);
}

/** The main job needs nothing there, and there is nothing that would bring it 3D. */
function tellOfOtherSystems(job: Job): number {
  process.stderr.write(
    job === 'run'
      ? 'Guests have no 3D here, which needs Linux: they get a 2D screen.\n'
      : 'The tests run on Linux only: they start what only Linux has.\n',
  );
  return job === 'run' ? 0 : 2;
}

/** How a command is run with the rights of root: nothing before it, `sudo -n`, or null when there is no way. */
function rightsPrefix(): readonly string[] | null {
  if (process.getuid?.() === 0) return [];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n'];
  } catch {
    return null;
  }
}

function tellWhatToInstall(job: Job, missing: readonly Need[]): number {
  const list = (manager: 'apt' | 'dnf' | 'pacman'): string =>
    [...new Set(missing.flatMap((need) => need[manager].split(' ')))].filter((name) => name !== '').join(' ');
  const backports = needsBackports(missing) ? `-t ${codename()}-backports ` : '';
  const commands = [
    `  Debian, Ubuntu:  apt-get install --no-install-recommends ${backports}${list('apt')}`,
    `  Fedora:          dnf install ${list('dnf')}`,
    `  Arch:            pacman -S ${list('pacman')}`,
  ];
  const isFatal = missing.some(({ isEssential }) => isEssential);
  const judgement = isFatal
    ? `The ${job === 'run' ? 'main job' : 'test suite'} cannot run without them`
    : 'Saffron runs, with less';
  process.stderr.write(`${judgement}. Please install, as root:\n${commands.join('\n')}\n`);
  return isFatal ? 2 : 0;
}

/** Debian 12 has QEMU 7.2; its backports have a newer one. */
function needsBackports(missing: readonly Need[]): boolean {
  return codename() === 'bookworm' && missing.some(({ isQemu }) => isQemu);
}

async function install(missing: readonly Need[], asRoot: readonly string[]): Promise<void> {
  const packagesOf = (needs: readonly Need[]): string[] =>
    needs.flatMap(({ apt }) => apt.split(' ')).filter((name) => name !== '');
  const isBackports = needsBackports(missing);
  if (isBackports) await addBackports(asRoot);
  if (isBackports || !hasPackageLists()) await aptGet(asRoot, 'Fetching package lists', ['update']);
  const qemu = packagesOf(missing.filter(({ isQemu }) => isQemu));
  const others = packagesOf(missing.filter(({ isQemu }) => !isQemu));
  if (isBackports) {
    await installPackages(
      asRoot,
      ['-t', `${codename()}-backports`],
      [...new Set([...qemu, ...installedQemuPackages()])],
    );
    await installPackages(asRoot, [], others);
  } else {
    await installPackages(asRoot, [], [...qemu, ...others]);
  }
}

async function installPackages(
  asRoot: readonly string[],
  options: readonly string[],
  packages: readonly string[],
): Promise<void> {
  if (packages.length === 0) return;
  const args = ['install', '--no-install-recommends', '--no-remove', ...options, ...packages];
  const step = `Installing ${packages.join(' ')}`;
  try {
    await aptGet(asRoot, step, args);
  } catch {
    // Lists that are older than the mirror name files that are gone.
    await aptGet(asRoot, 'Fetching package lists', ['update']);
    await aptGet(asRoot, step, args);
  }
}

/** Adds the backports suite of the archive that this machine already uses, in a file of our own. */
async function addBackports(asRoot: readonly string[]): Promise<void> {
  const sources = await readDebianSources();
  const suite = `${codename()}-backports`;
  if (sources.some(({ suites }) => suites.includes(suite))) return;
  const mirror = findDebianMirror(sources.filter(({ suites }) => suites.includes(codename())));
  if (mirror === null) throw new Error(`No package source of Debian ${codename()} was found to take ${suite} from.`);
  const text = `# Written by Saffron's set-up: QEMU 8.2 or newer.\n${printDeb822Source(mirror, suite, 'main')}`;
  process.stderr.write(`Adding ${suite} in ${BACKPORTS_FILE}\n`);
  const [program, ...rest] = [...asRoot, 'tee', BACKPORTS_FILE];
  if (asRoot.length === 0) writeFileSync(BACKPORTS_FILE, text);
  else execFileSync(program ?? 'tee', rest, { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
}

/** All packages of QEMU go to the new version together: they depend on each other by exact version. */
function installedQemuPackages(): string[] {
  try {
    const output = execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev} ${Package}\\n', 'qemu-*'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...output.toString().matchAll(/^ii +(\S+)$/gm)].map((match) => match[1] ?? '');
  } catch (error) {
    // dpkg-query ends with 1 when a pattern fits nothing.
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    return [...output.matchAll(/^ii +(\S+)$/gm)].map((match) => match[1] ?? '');
  }
}

function hasPackageLists(): boolean {
  try {
    return readdirSync('/var/lib/apt/lists').some((name) => /_Packages(?:\.\w+)?$/.test(name));
  } catch {
    return false;
  }
}

/** Runs apt-get quietly under a line of progress. Throws an Error with apt's own last words. */
async function aptGet(asRoot: readonly string[], step: string, args: readonly string[]): Promise<void> {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C'];
  const options = ['-y', '-qq', '-o', 'Dpkg::Use-Pty=0', '-o', 'APT::Status-Fd=3', '-o', 'DPkg::Lock::Timeout=300'];
  // sudo passes on no other descriptor, and apt keeps the one it tells its progress on from the programs it starts: so it
  // cannot be standard output, and a shell makes another.
  const withStatus = ['sh', '-c', 'exec "$@" 3>&1 >/dev/null', 'sh'];
  const command = [...asRoot, ...environment, ...withStatus, 'apt-get', ...options, ...args];
  const child = spawn(command[0] ?? 'env', command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const progress = new ProgressLine(step);
  const words: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, kind, percent] = /^(dlstatus|pmstatus):[^:]*:([\d.]+):/.exec(line) ?? [];
    if (kind !== undefined) progress.show(kind === 'dlstatus' ? 'downloading' : 'installing', Number(percent));
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!line.startsWith('W:') && line.trim() !== '') words.push(line);
    if (words.length > 100) words.shift();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  progress.end();
  if (code === 0) return;
  const errors = words.filter((line) => /^(?:E|dpkg): /.test(line));
  throw new Error(`apt-get ended with status ${code}: ${(errors.length > 0 ? errors : words).slice(-3).join(' | ')}`);
}

/** Whether there is a QEMU that is too old. */
function isOldQemu(): boolean {
  try {
    const text = execFileSync('qemu-system-x86_64', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(text) ?? [];
    return Number(major) < OLDEST_QEMU[0] || (Number(major) === OLDEST_QEMU[0] && Number(minor) < OLDEST_QEMU[1]);
  } catch {
    return false;
  }
}

function codename(): string {
  try {
    return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
