import { describe, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { PackageIndex } from './package-index.ts';
import { solveDependencies } from './solve.ts';

/** A list of packages, each written as `name=version; Field: value; …`. */
function index(...packages: readonly string[]): PackageIndex {
  const paragraphs = packages.map((words) => {
    const [head = '', ...fields] = words.split(/\s*;\s*/);
    const [name = '', version = '1'] = head.split('=');
    const rest = ['Architecture: all', `Filename: pool/${name}.deb`, 'Size: 1', `SHA256: ${'0'.repeat(64)}`];
    return [`Package: ${name}`, `Version: ${version}`, ...fields, ...rest].map((line) => `${line}\n`).join('');
  });
  return new PackageIndex(paragraphs.join('\n'));
}

function solve(wanted: string, ...packages: readonly string[]): readonly string[] {
  return solveDependencies(index(...packages), wanted.split(' ')).map(({ name, version }) => `${name}=${version}`);
}

describe('solveDependencies', () => {
  test('takes all that is depended on, in circles too, and nothing that is only recommended', () => {
    expect(
      solve('a', 'a; Depends: b, c; Recommends: x', 'b; Pre-Depends: c', 'c; Depends: a', 'x', 'y; Essential: yes'),
    ).toEqual(['a=1', 'b=1', 'c=1']);
  });

  test('takes the newest version of a name', () => {
    expect(solve('a', 'a=1.9', 'a=1.10', 'a=1.2')).toEqual(['a=1.10']);
  });

  test('takes the first alternative that can be had', () => {
    expect(solve('a', 'a; Depends: gone | b (>= 2) | c | d', 'b=1', 'c', 'd')).toEqual(['a=1', 'c=1']);
  });

  test('takes what is there anyway before a first alternative', () => {
    expect(solve('a', 'a; Depends: b | c, c', 'b', 'c')).toEqual(['a=1', 'c=1']);
  });

  test('takes what provides a name, by priority and then by name; a version only where one is provided', () => {
    const providers = ['z; Provides: v; Priority: important', 'b; Provides: v; Priority: optional'];
    expect(solve('a', 'a; Depends: v', ...providers)).toEqual(['a=1', 'z=1']);
    expect(solve('a', 'a; Depends: v (>= 2)', ...providers, 'q; Provides: v (= 2.1)')).toEqual(['a=1', 'q=1']);
    expect(() => solve('a', 'a; Depends: v (>= 3)', ...providers, 'q; Provides: v (= 2.1)')).toThrow(
      'The mirror has no v (>= 3) that fits, which a depends on.',
    );
  });

  test('passes over what excludes something chosen, or is excluded by it', () => {
    const others = ['b; Breaks: a (<< 2)', 'c; Conflicts: w', 'd'];
    expect(solve('a', 'a; Depends: b | c | d; Provides: w', ...others)).toEqual(['a=1', 'd=1']);
    expect(solve('a', 'a; Conflicts: b; Depends: b | d', ...others)).toEqual(['a=1', 'd=1']);
    expect(() => solve('a', 'a; Depends: b', ...others)).toThrow(HostError);
    // A package may exclude a name that it provides itself: so there is only ever one of the kind.
    expect(solve('e', 'e; Provides: w; Conflicts: w')).toEqual(['e=1']);
  });

  test('names what nobody has', () => {
    expect(() => solve('gone', 'a')).toThrow('no package gone');
  });
});

describe('a package list', () => {
  test('is refused when a package that is asked for lacks what is needed to fetch it', () => {
    for (const wrong of ['Filename: ../../etc/passwd', 'Size: 0', 'Size: -1', 'SHA256: 12', 'Version: a b']) {
      const [field = ''] = wrong.split(':');
      const fields = ['Version: 1', 'Architecture: all', 'Filename: a', 'Size: 1', `SHA256: ${'0'.repeat(64)}`];
      const text = ['Package: a', ...fields.filter((line) => !line.startsWith(field)), wrong].join('\n');
      expect(() => new PackageIndex(text).find('a')).toThrow(`no usable field ${field.toLowerCase()}`);
    }
    expect(() => new PackageIndex('Version: 1\n')).toThrow('names no package');
  });

  test('finds names wherever the field stands, and across paragraphs without provided names', () => {
    const list = index('a', 'b; Provides: p', 'c', 'd; Provides: p, q (= 2)');
    expect(list.candidates({ name: 'p', operator: null, version: '' }).map(({ name }) => name)).toEqual(['b', 'd']);
    expect(list.find('c')?.path).toBe('pool/c.deb');
    expect(list.find('p')).toBeNull();
    expect(
      new PackageIndex('Version: 1\nPackage: late\n').candidates({ name: 'x', operator: null, version: '' }),
    ).toEqual([]);
  });
});
