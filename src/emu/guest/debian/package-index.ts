/**
 * An index of binary packages (`Packages`, "Debian Repository Format"). Fifty megabytes of text for the sake of a few
 * hundred packages: only where a package stands and what it provides is noted at once, the rest is read when asked for.
 */
import { HostError } from '../../../base/errors.ts';
import { parseParagraphs, type Paragraph } from './control.ts';
import { isVersionMeant, parseRelations, type Relation } from './relations.ts';
import { compareVersions } from './version.ts';

/** One binary package. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Path below the mirror's address. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly isEssential: boolean;
  readonly priority: string;
  readonly depends: readonly (readonly Relation[])[];
  /** Conflicts and Breaks: what may not stand beside it. */
  readonly excludes: readonly Relation[];
  readonly provides: readonly Relation[];
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** The packages of one list. */
export class PackageIndex {
  readonly #text: string;
  readonly #packages = new Map<string, Place[]>();
  readonly #providers = new Map<string, Set<string>>();
  readonly #read = new Map<number, Package>();
  #nextProvides = -1;

  /** Throws HostError `bad-list` when a paragraph names no package. */
  constructor(text: string) {
    this.#text = text;
    for (let start = 0; start < text.length;) {
      const blank = text.indexOf('\n\n', start);
      const end = blank < 0 ? text.length : blank;
      if (end > start) this.#note(start, end);
      start = blank < 0 ? text.length : blank + 2;
    }
  }

  /** The newest version of that name, or null. */
  find(name: string): Package | null {
    return this.#versions(name)[0] ?? null;
  }

  /** Packages that are what the relation asks for, the best first: its own name's newest version, then who provides it. */
  candidates(relation: Relation): readonly Package[] {
    const own = this.#versions(relation.name).filter(({ version }) => isVersionMeant(relation, version));
    const others = [...(this.#providers.get(relation.name) ?? [])]
      .flatMap((name) => this.find(name) ?? [])
      .filter((found) => found.name !== relation.name && isProvided(found, relation));
    return [...own, ...others.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))];
  }

  #versions(name: string): readonly Package[] {
    const places = this.#packages.get(name) ?? [];
    return places.map((place) => this.#at(place)).toSorted((a, b) => compareVersions(b.version, a.version));
  }

  #note(start: number, end: number): void {
    const name = this.#text.startsWith('Package: ', start)
      ? this.#value(start + 'Package: '.length, end)
      : parseParagraphs(this.#text.slice(start, end))[0]?.get('package');
    if (name === undefined)
      throw new HostError('bad-list', 'A package list cannot be read: one of its paragraphs names no package.');
    const places = this.#packages.get(name);
    if (places === undefined) this.#packages.set(name, [{ start, end }]);
    else places.push({ start, end });
    // Few packages have one: the next is looked for once, not in each paragraph anew.
    if (this.#nextProvides < start) this.#nextProvides = this.#find('\nProvides: ', start);
    if (this.#nextProvides >= end) return;
    for (const group of this.#value(this.#nextProvides + '\nProvides: '.length, end).split(',')) {
      const provided = /^\s*([^\s(:]+)/.exec(group)?.[1];
      if (provided === undefined) continue;
      const names = this.#providers.get(provided);
      if (names === undefined) this.#providers.set(provided, new Set([name]));
      else names.add(name);
    }
  }

  /** Where the words stand next, or the end of the text. */
  #find(words: string, from: number): number {
    const at = this.#text.indexOf(words, from);
    return at < 0 ? this.#text.length : at;
  }

  /** The line from here, in a paragraph with this end. */
  #value(start: number, end: number): string {
    return this.#text.slice(start, Math.min(this.#find('\n', start), end)).trim();
  }

  #at(place: Place): Package {
    const known = this.#read.get(place.start);
    if (known !== undefined) return known;
    const [paragraph] = parseParagraphs(this.#text.slice(place.start, place.end));
    const found = packageOf(paragraph ?? new Map<string, string>());
    this.#read.set(place.start, found);
    return found;
  }
}

/** Whether the package provides what is asked for; without a version of its own a provided name has none that fits. */
export function isProvided(found: Package, relation: Relation): boolean {
  return found.provides.some(
    ({ name, operator, version }) =>
      name === relation.name && (relation.operator === null || (operator === '=' && isVersionMeant(relation, version))),
  );
}

function packageOf(paragraph: Paragraph): Package {
  const need = (field: string, pattern: RegExp): string => {
    const value = paragraph.get(field) ?? '';
    if (!pattern.test(value))
      throw new HostError(
        'bad-list',
        `A package list cannot be read: ${paragraph.get('package') ?? 'a package'} has no usable field ${field}.`,
      );
    return value;
  };
  const relations = (field: string): readonly (readonly Relation[])[] => parseRelations(paragraph.get(field) ?? '');
  return {
    name: need('package', /^[a-z0-9][a-z0-9+.-]*$/),
    version: need('version', /^[A-Za-z0-9.+:~-]+$/),
    architecture: need('architecture', /^[a-z0-9-]+$/),
    path: need('filename', /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9.+:~_/%-]*$/),
    bytes: Number(need('size', /^[1-9][0-9]{0,10}$/)),
    sha256: need('sha256', /^[0-9a-f]{64}$/),
    isEssential: paragraph.get('essential') === 'yes',
    priority: paragraph.get('priority') ?? '',
    depends: [...relations('pre-depends'), ...relations('depends')],
    excludes: [...relations('conflicts'), ...relations('breaks')].flat(),
    provides: relations('provides').flat(),
  };
}

const PRIORITIES = ['required', 'important', 'standard', 'optional', 'extra'];

function rank({ priority }: Package): number {
  const found = PRIORITIES.indexOf(priority);
  return found < 0 ? PRIORITIES.length : found;
}
