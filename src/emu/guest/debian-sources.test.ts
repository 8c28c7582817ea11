import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseUris } from './apt.ts';
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
    expect(findDebianMirror([other, security, debian], () => false)).toEqual({
      uri: 'http://a.example/debian',
      signedBy: '/own.gpg',
    });
  });

  test("prefers Debian's own keyring", () => {
    expect(findDebianMirror([debian], () => true)?.signedBy).toMatch(/debian-archive-keyring/);
  });

  test('is null on a machine of another kind', () => {
    expect(findDebianMirror([other], () => true)).toBeNull();
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

test("apt's list of addresses gives name, version with its epoch, architecture and size", () => {
  const text = [
    'Reading package lists...',
    "'http://a.example/pool/main/l/llvm/libllvm19_19.1.7-3%2bb1_amd64.deb' libllvm19_1%3a19.1.7-3+b1_amd64.deb 25978316 SHA256:00",
    "'http://a.example/x.deb' fonts_2.37-8_all.deb 840460 ",
    "'http://a.example/InRelease' a_InRelease 0 ",
  ].join('\n');
  expect(parseUris(text)).toEqual([
    {
      name: 'libllvm19',
      version: '1:19.1.7-3+b1',
      architecture: 'amd64',
      file: 'libllvm19_1%3a19.1.7-3+b1_amd64.deb',
      bytes: 25978316,
    },
    { name: 'fonts', version: '2.37-8', architecture: 'all', file: 'fonts_2.37-8_all.deb', bytes: 840460 },
  ]);
});
