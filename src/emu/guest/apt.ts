/**
 * apt on a state of its own: lists, package status and downloads live in one folder and nothing of the machine's is touched.
 * apt solves dependencies and checks signatures and checksums; only how to reach mirrors (`Acquire`) is taken over from the
 * machine's settings.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError, messageOf } from '../../base/errors.ts';
import { printDeb822Source, type DebianMirror } from './debian-sources.ts';
import { runProgram } from './run-program.ts';

/** One package file that apt would fetch. */
export interface AptPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Its name in the downloads folder. */
  readonly file: string;
  readonly bytes: number;
}

/** What a private apt is opened with. */
export interface AptOptions {
  /** Folder of its own; kept, so that a broken download goes on. */
  readonly folder: string;
  readonly architecture: string;
  readonly suite: string;
  readonly mirror: DebianMirror;
  readonly signal?: AbortSignal | undefined;
}

/** A private apt. */
export class Apt {
  readonly #options: AptOptions;
  readonly #config: string;
  /** Folder of the fetched package files. */
  readonly downloads: string;

  private constructor(options: AptOptions) {
    this.#options = options;
    this.#config = join(options.folder, 'apt.conf');
    this.downloads = join(options.folder, 'archives');
  }

  /** Writes its settings. Throws HostError when apt is missing. */
  static async open(options: AptOptions): Promise<Apt> {
    const apt = new Apt(options);
    const { folder, architecture, suite, mirror } = options;
    for (const name of ['lists/partial', 'archives/partial', 'empty/partial', 'none', 'log'])
      await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, 'status'), '');
    await writeFile(join(folder, 'guest.sources'), printDeb822Source(mirror, suite, 'main'));
    const machine = await runProgram('apt-config', ['dump'], { signal: options.signal });
    const settings: readonly (readonly [name: string, value: string])[] = [
      ['APT::Architecture', architecture],
      ['APT::Architectures', architecture],
      ['APT::Install-Recommends', 'false'],
      ['APT::Keep-Downloaded-Packages', 'true'],
      ['APT::Sandbox::User', 'root'],
      ['APT::Get::AllowUnauthenticated', 'false'],
      ['Acquire::AllowInsecureRepositories', 'false'],
      ['Acquire::AllowDowngradeToInsecureRepositories', 'false'],
      ['Acquire::AllowWeakRepositories', 'false'],
      ['Acquire::Retries', '3'],
      ['Dir::State', folder],
      ['Dir::State::lists', join(folder, 'lists')],
      ['Dir::State::status', join(folder, 'status')],
      ['Dir::State::extended_states', join(folder, 'extended_states')],
      ['Dir::Cache', folder],
      ['Dir::Cache::archives', apt.downloads],
      ['Dir::Log', join(folder, 'log')],
      ['Dir::Etc::main', join(folder, 'none/apt.conf')],
      ['Dir::Etc::parts', join(folder, 'none')],
      ['Dir::Etc::sourcelist', join(folder, 'guest.sources')],
      ['Dir::Etc::sourceparts', join(folder, 'none')],
      ['Dir::Etc::preferences', join(folder, 'none/preferences')],
      ['Dir::Etc::preferencesparts', join(folder, 'none')],
    ];
    await writeFile(
      apt.#config,
      `${acquireSettings(machine.toString())}${settings.map(([name, value]) => `${name} "${value}";\n`).join('')}`,
    );
    return apt;
  }

  /** Fetches the package lists. Throws HostError `no-packages` when the suite has none for this architecture. */
  async update(): Promise<void> {
    await this.#run('apt-get', ['-q', 'update', '-o', 'APT::Update::Error-Mode=any']);
  }

  /** The packages that apt's solver picks for these on an empty system, in no particular order. */
  async solve(packages: readonly string[]): Promise<readonly AptPackage[]> {
    return parseUris(
      await this.#run('apt-get', ['-q', '-y', '--print-uris', ...this.#nothingFetched(), 'install', ...packages]),
    );
  }

  /** One package without what it depends on. */
  async find(name: string): Promise<AptPackage> {
    const [found] = parseUris(
      await this.#run('apt-get', ['-q', '--print-uris', 'download', name], join(this.#options.folder, 'empty')),
    );
    if (found === undefined)
      throw new HostError('no-packages', `There is no package ${name} in ${this.#options.suite}.`);
    return found;
  }

  /** Names of the packages that this one depends on by name. */
  async dependencies(name: string): Promise<readonly string[]> {
    const text = await this.#run('apt-cache', ['depends', name]);
    return [...text.matchAll(/^\s*\|?Depends: ([^<\s]+)$/gm)].map((match) => match[1] ?? '');
  }

  /** Which of these names are packages here. */
  async known(names: readonly string[]): Promise<ReadonlySet<string>> {
    const text = await this.#run('apt-cache', ['pkgnames']);
    const all = new Set(text.split('\n'));
    return new Set(names.filter((name) => all.has(name)));
  }

  /** Fetches package files into `downloads`; whole ones are kept. `onBytes` gets the bytes that are there. */
  async download(packages: readonly AptPackage[], onBytes: (bytes: number) => void): Promise<void> {
    const total = packages.reduce((sum, { bytes }) => sum + bytes, 0);
    await this.#run(
      'apt-get',
      ['-q', '-o', 'APT::Status-Fd=3', 'download', ...packages.map(({ name, version }) => `${name}=${version}`)],
      this.downloads,
      (line) => {
        const share = /^dlstatus:\d+:([\d.]+):/.exec(line)?.[1];
        if (share !== undefined) onBytes(Math.round((Math.min(100, Number(share)) / 100) * total));
      },
    );
    const wanted = new Set(packages.map(({ file }) => file));
    for (const file of await readdir(this.downloads))
      if (file.endsWith('.deb') && !wanted.has(file)) await rm(join(this.downloads, file), { force: true });
  }

  /** apt names no address for what is already fetched: so it is shown an empty folder. */
  #nothingFetched(): readonly string[] {
    return ['-o', `Dir::Cache::archives=${join(this.#options.folder, 'empty')}`];
  }

  async #run(
    program: string,
    args: readonly string[],
    cwd?: string,
    onStatus?: (line: string) => void,
  ): Promise<string> {
    const { suite, architecture, signal } = this.#options;
    try {
      const output = await runProgram(program, args, {
        env: { APT_CONFIG: this.#config },
        signal,
        ...(cwd === undefined ? {} : { cwd }),
        ...(onStatus === undefined ? {} : { onStatus }),
      });
      return output.toString();
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'program-failed') throw error;
      throw new HostError(
        'no-packages',
        `Debian ${suite} for ${architecture} could not be fetched: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}

/** How this machine reaches mirrors: proxies, timeouts, certificates. */
function acquireSettings(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => /^Acquire::[^ ]+ ".*";$/.test(line) && !line.endsWith(' "";'))
    .map((line) => `${line}\n`)
    .join('');
}

/** Lines of apt's `--print-uris`: `'uri' file bytes checksum`, the file named `package_version_architecture.deb`. */
export function parseUris(text: string): readonly AptPackage[] {
  const packages: AptPackage[] = [];
  for (const line of text.split('\n')) {
    const match = /^'[^']+' (([^_\s]+)_([^_\s]+)_([^_\s]+)\.deb) (\d+)(?:\s|$)/.exec(line);
    const [, file, name, version, architecture, bytes] = match ?? [];
    if (file === undefined || name === undefined || version === undefined || architecture === undefined) continue;
    packages.push({ name, version: decodeURIComponent(version), architecture, file, bytes: Number(bytes) });
  }
  return packages;
}
