import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  findDebianMirror,
  parseDeb822Sources,
  parseSourcesList,
  printDeb822Source,
  readDebianSources,
} from './debian-sources.ts';

describe('the one-line format', () => {
  test('options, comments and other types are understood', () => {
    const text = [
      '# deb http://off.example/debian bookworm main',
      'deb [arch=amd64 signed-by=/k.gpg] http://a.example/debian bookworm main contrib # why',
      'deb-src http://a.example/debian bookworm main',
      'deb http://b.example/debian trixie main',
      'nonsense',
    ].join('\n');
    expect(parseSourcesList(text)).toEqual([
      { uris: ['http://a.example/debian'], suites: ['bookworm'], components: ['main', 'contrib'], signedBy: '/k.gpg' },
      { uris: ['http://b.example/debian'], suites: ['trixie'], components: ['main'], signedBy: null },
    ]);
  });
});

describe('the format of stanzas', () => {
  test('lists, comments, inline keys and disabled stanzas are understood', () => {
    const text = `Types: deb deb-src
# a comment
URIs: http://a.example/debian http://b.example/debian
Suites: bookworm
 bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main

Types: deb-src
URIs: http://src.example/debian
Suites: trixie
Components: main
`;
    expect(parseDeb822Sources(text)).toEqual([
      {
        uris: ['http://a.example/debian', 'http://b.example/debian'],
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main'],
        signedBy: '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc',
      },
    ]);
  });

  test('what is written is read back', () => {
    const text = printDeb822Source({ uri: 'http://a.example/debian', signedBy: '/k.gpg' }, 'trixie', 'main');
    expect(parseDeb822Sources(text)).toEqual([
      { uris: ['http://a.example/debian'], suites: ['trixie'], components: ['main'], signedBy: '/k.gpg' },
    ]);
  });
});

describe('findDebianMirror', () => {
  const other = { uris: ['http://x.example/apt'], suites: ['nodistro'], components: ['main'], signedBy: null };
  const security = {
    uris: ['http://a.example/debian-security'],
    suites: ['bookworm-security'],
    components: ['main'],
    signedBy: null,
  };
  const debian = {
    uris: ['http://a.example/debian'],
    suites: ['bookworm'],
    components: ['main'],
    signedBy: '/own.gpg',
  };

  test('passes over sources of others and the security archive', () => {
    expect(findDebianMirror([other, security, debian])).toEqual({
      uri: 'http://a.example/debian',
      signedBy: '/own.gpg',
    });
  });

  test('passes over what is not reached by HTTP', () => {
    const disc = { ...debian, uris: ['cdrom:[Debian 13]/', 'file:/srv/debian'] };
    expect(findDebianMirror([disc])).toBeNull();
    expect(findDebianMirror([disc, debian])?.uri).toBe('http://a.example/debian');
  });

  test('is null on a machine of another kind', () => {
    expect(findDebianMirror([other])).toBeNull();
  });
});

test('reads every file that apt would', async () => {
  const root = await mkdtemp(join(tmpdir(), 'saffron-test-'));
  try {
    await mkdir(join(root, 'etc/apt/sources.list.d'), { recursive: true });
    await writeFile(join(root, 'etc/apt/sources.list'), 'deb http://a.example/debian sid main\n');
    await writeFile(
      join(root, 'etc/apt/sources.list.d/b.sources'),
      'Types: deb\nURIs: http://b.example/debian\nSuites: sid\nComponents: main\n',
    );
    await writeFile(join(root, 'etc/apt/sources.list.d/c.list.save'), 'deb http://c.example/debian sid main\n');
    expect((await readDebianSources(root)).map(({ uris }) => uris[0])).toEqual([
      'http://a.example/debian',
      'http://b.example/debian',
    ]);
  } finally {
    await rm(root, { recursive: true });
  }
});
