/**
 * The package sources this machine already has, in both formats of sources.list(5): a guest comes from where the machine's
 * own Debian packages come from.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.ts';

/** One enabled source of binary packages. */
export interface DebianSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** A keyring's path, key ids, or a whole key in ASCII armour (lines after the first indented); null: apt's own keys. */
  readonly signedBy: string | null;
}

/** Where packages are fetched from, and who signs them. */
export interface DebianMirror {
  readonly uri: string;
  readonly signedBy: string | null;
}

const SUITE =
  /^(?:buster|bullseye|bookworm|trixie|forky|duke|sid|oldoldstable|oldstable|stable|testing|unstable)(?:-backports|-updates)?$/;
/** Reads `/etc/apt` below `root`; unreadable files are passed over, as apt without rights does. */
export async function readDebianSources(root = '/'): Promise<readonly DebianSource[]> {
  const folder = join(root, 'etc/apt');
  const parts = await readdir(join(folder, 'sources.list.d')).catch(() => []);
  const files = [
    'sources.list',
    ...parts.toSorted((a, b) => a.localeCompare(b)).map((name) => join('sources.list.d', name)),
  ];
  const sources: DebianSource[] = [];
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (file.endsWith('.list')) sources.push(...parseSourcesList(text));
    else if (file.endsWith('.sources')) sources.push(...parseDeb822Sources(text));
  }
  return sources;
}

/** The one-line format: `deb [options] uri suite component…`. */
export function parseSourcesList(text: string): readonly DebianSource[] {
  const sources: DebianSource[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim();
    const match = /^deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)(?:\s+(.*))?$/.exec(line);
    const [, options = '', uri, suite, components = ''] = match ?? [];
    if (uri === undefined || suite === undefined) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1] ?? null;
    sources.push({ uris: [uri], suites: [suite], components: words(components), signedBy });
  }
  return sources;
}

/** The format of stanzas: `Types: deb`, `URIs: …`, a value goes on in indented lines. */
export function parseDeb822Sources(text: string): readonly DebianSource[] {
  const sources: DebianSource[] = [];
  for (const stanza of text.replaceAll(/^#.*\n?/gm, '').split(/\n[ \t]*\n/)) {
    const fields = new Map<string, string>();
    let current = '';
    for (const line of stanza.split('\n')) {
      if (/^[ \t]/.test(line)) fields.set(current, `${fields.get(current) ?? ''}\n${line}`);
      else {
        const colon = line.indexOf(':');
        if (colon < 0) continue;
        current = line.slice(0, colon).toLowerCase();
        fields.set(current, line.slice(colon + 1).trim());
      }
    }
    const list = (name: string): string[] => words(fields.get(name) ?? '');
    if (!list('types').includes('deb') || /^no$/i.test(fields.get('enabled') ?? '')) continue;
    const signedBy = fields.get('signed-by') ?? '';
    sources.push({
      uris: list('uris'),
      suites: list('suites'),
      components: list('components'),
      signedBy: signedBy === '' ? null : signedBy,
    });
  }
  return sources;
}

/** The Debian archive among these sources, or null on a machine of another kind. */
export function findDebianMirror(sources: readonly DebianSource[]): DebianMirror | null {
  for (const { uris, suites, components, signedBy } of sources) {
    const uri = uris.find((candidate) => /^https?:/.test(candidate) && !/security/.test(candidate));
    if (uri !== undefined && components.includes('main') && suites.some((suite) => SUITE.test(suite)))
      return { uri, signedBy };
  }
  return null;
}

/** The mirror that the user named, else that of this machine's own packages. Throws UsageError when there is neither. */
export async function chooseMirror(named?: string): Promise<DebianMirror> {
  const own = findDebianMirror(await readDebianSources());
  if (named !== undefined) return own?.uri === named ? own : { uri: named, signedBy: null };
  if (own !== null) return own;
  throw new UsageError(
    'This machine takes no packages from Debian: name a mirror to make the guest from with --mirror.',
  );
}

/** Writes one source as a stanza. */
export function printDeb822Source(mirror: DebianMirror, suite: string, component: string): string {
  const lines = ['Types: deb', `URIs: ${mirror.uri}`, `Suites: ${suite}`, `Components: ${component}`];
  if (mirror.signedBy !== null) lines.push(`Signed-By: ${mirror.signedBy}`);
  return `${lines.join('\n')}\n`;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
