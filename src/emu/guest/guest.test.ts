import { execFileSync } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import {
  makeKey,
  makeMirrorFiles,
  serveMirror,
  type Interference,
  type KeyFixture,
  type MirrorFixtureOptions,
  type MirrorServer,
} from './debian/mirror-fixture.ts';
import { makeDeb, type TarFixture } from './debian/package-fixture.ts';
import { buildGuest, findGuest, type GuestImage } from './guest.ts';
import { makeKernelModule } from './module-fixture.ts';
import { recipeOf } from './recipe.ts';

const KERNEL = '6.12.1-test';
const recipe = recipeOf('debian-amd64');
let cacheDir = '';
let key: KeyFixture;
let files: Map<string, Buffer>;

/** A mirror with just enough for the recipe: every package it names, and one with all the files that it picks. */
function fixture(release: readonly string[] = []): MirrorFixtureOptions {
  const roots = recipe.roots
    .filter((root) => !root.startsWith('?'))
    .map((root) => root.replaceAll('*', 'x').replaceAll(/\{([^,}]*)[^}]*\}/g, '$1'))
    .map((root): TarFixture => ({ path: root.endsWith('/') ? `${root}one` : root, data: root }));
  const module = (name: string): TarFixture => ({
    path: `usr/lib/modules/${KERNEL}/kernel/drivers/${name}.ko`,
    data: makeKernelModule('depends=\0'),
  });
  const empty = makeDeb([{ path: 'usr/share/doc/x', data: 'not wanted' }], '');
  return {
    suite: 'trixie',
    architecture: 'amd64',
    release,
    packages: [
      ...recipe.packages
        .filter((name) => name !== 'weston')
        .map((name) => ({ name, deb: empty, fields: ['Depends: everything'] })),
      { name: 'weston', deb: empty, fields: ['Depends: everything (>= 1) | gone'] },
      { name: 'everything', deb: makeDeb(roots, 'zst') },
      // One of a name that is left out unless it is asked for.
      { name: 'tool', deb: makeDeb([{ path: 'usr/lib/tool/part', data: 'a part' }], ''), fields: ['Depends: mawk'] },
      { name: 'mawk', deb: makeDeb([{ path: 'usr/bin/mawk', data: 'awk' }], '') },
      { name: recipe.kernelPackage, deb: empty, fields: [`Depends: linux-image-${KERNEL}`] },
      {
        name: `linux-image-${KERNEL}`,
        deb: makeDeb(
          [
            { path: `boot/vmlinuz-${KERNEL}`, data: 'the kernel' },
            module('virtio_blk'),
            module('ext4'),
            // Large enough to be cut in the middle.
            { path: 'usr/lib/filler', data: Buffer.alloc(300_000, 'filler') },
          ],
          '',
        ),
        fields: ['Depends: gone-too'],
      },
    ],
  };
}

beforeAll(async () => {
  key = await makeKey();
  files = await makeMirrorFiles(fixture(), key);
});
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'saffron-test-'));
});
afterEach(async () => {
  await rm(cacheDir, { recursive: true, force: true });
});

async function build(mirror: string, keys = [key.public], signal?: AbortSignal): Promise<GuestImage> {
  return buildGuest({
    name: 'debian-amd64',
    cacheDir,
    mirror,
    keys,
    onProgress: () => {},
    log: silentLogger,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Builds from a mirror; gives the error and what is left in the cache besides the lock and what was fetched. */
async function failure(
  served: ReadonlyMap<string, Buffer>,
  interfere?: Interference,
  keys = [key.public],
): Promise<{ readonly error: unknown; readonly left: readonly string[] }> {
  await using server = await serveMirror(served, interfere);
  const error = await build(server.uri, keys).catch((reason: unknown) => reason);
  const left = (await readdir(join(cacheDir, 'guests'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.lock'))
    .map(({ name }) => name);
  return { error, left };
}

function withFile(path: string, change: (bytes: Buffer) => Buffer): Map<string, Buffer> {
  const [found] = [...files.keys()].filter((name) => name.includes(path));
  if (found === undefined) throw new Error(`no ${path}`);
  return new Map(files).set(found, change(Buffer.from(files.get(found) ?? '')));
}

const flip = (bytes: Buffer): Buffer => {
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};
/** Ends the first download of the kernel's package after so many bytes. */
function breakOff(bytes: number): Interference {
  return (path, request, response) => {
    if (!path.endsWith(kernelFile) || request.headers.range !== undefined) return false;
    const file = files.get(path) ?? Buffer.alloc(0);
    response.writeHead(200, { 'content-length': file.length });
    response.write(file.subarray(0, bytes), () => response.destroy());
    return true;
  };
}

const kernelFile = `linux-image-${KERNEL}.deb`;

describe('a guest from a mirror', () => {
  test('is made, whole and bootable in form, and found again without the mirror', async () => {
    await using server: MirrorServer = await serveMirror(files, breakOff(100_000));
    const image = await build(server.uri);
    expect((await readFile(image.kernel)).toString()).toBe('the kernel');
    expect((await readFile(image.initrd)).includes('virtio_blk.ko')).toBe(true);
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
    execFileSync('e2fsck', ['-fn', image.disk], { env, stdio: 'pipe' });
    const shown = execFileSync('debugfs', ['-R', 'cat /bin/weston', image.disk], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(shown.toString()).toBe('usr/bin/weston');
    expect(await findGuest('debian-amd64', { cacheDir })).toEqual(image);
    // A download that broke off went on where it had stopped.
    expect(server.requests.some((path) => /linux-image.*@[1-9]\d+$/.test(path))).toBe(true);
    const asked = server.requests.length;
    expect(await build(server.uri)).toEqual(image);
    expect(server.requests).toHaveLength(asked);
    expect((await readdir(join(cacheDir, 'guests'))).filter((name) => name.startsWith('.work'))).toEqual([]);
  });

  test('what an earlier try fetched is not fetched again', async () => {
    const { error } = await failure(withFile(kernelFile, flip));
    expect(error).toMatchObject({ code: 'hash-mismatch' });
    await using server = await serveMirror(withFile(kernelFile, flip));
    await expect(build(server.uri)).rejects.toMatchObject({ code: 'hash-mismatch' });
    expect(server.requests.filter((path) => path.endsWith('.deb'))).toEqual([`pool/main/${kernelFile}`]);
  });
});

/** What a file on the image's disk holds; empty when there is none. */
function contentsOf(image: GuestImage, path: string): string {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
  return execFileSync('debugfs', ['-R', `cat ${path}`, image.disk], { env, stdio }).toString();
}

describe('packages that a guest shall have besides', () => {
  test('are there whole, with what they depend on; guests with other ones stay', async () => {
    await using server = await serveMirror(files);
    const options = { name: 'debian-amd64', cacheDir, mirror: server.uri, keys: [key.public] } as const;
    const quiet = { onProgress: () => {}, log: silentLogger };
    const plain = await build(server.uri);
    const image = await buildGuest({ ...options, ...quiet, extraPackages: ['tool', 'mawk', 'tool'] });
    expect(['/usr/lib/tool/part', '/bin/mawk', '/bin/weston'].map((path) => contentsOf(image, path))).toEqual([
      'a part',
      'awk',
      'usr/bin/weston',
    ]);
    expect(contentsOf(plain, '/bin/mawk')).toBe('');
    expect(image.extraPackages).toEqual(['mawk', 'tool']);
    expect(await findGuest('debian-amd64', { cacheDir, extraPackages: ['mawk', 'tool'] })).toEqual(image);
    expect(await findGuest('debian-amd64', { cacheDir })).toEqual(plain);
    await expect(buildGuest({ ...options, ...quiet, extraPackages: ['no-such'] })).rejects.toMatchObject({
      code: 'no-packages',
      message: expect.stringContaining('no-such'),
    });
  });

  test('a name that is none is a mistake of the user', async () => {
    const options = { name: 'debian-amd64', cacheDir, onProgress: () => {}, log: silentLogger } as const;
    await expect(buildGuest({ ...options, extraPackages: ['../gcc'] })).rejects.toThrow('is not the name of a Debian');
  });
});

describe('a mirror that cannot be trusted or used', () => {
  test('a package that was changed is refused and not kept', async () => {
    const { error, left } = await failure(withFile(kernelFile, flip));
    expect(error).toMatchObject({ code: 'hash-mismatch', message: expect.stringContaining(kernelFile) });
    expect(left.filter((name) => !name.endsWith('.deb'))).toEqual([]);
  });

  test.each(['by-hash', 'InRelease'])('a changed %s is refused before anything else is fetched', async (path) => {
    const { error, left } = await failure(withFile(path, flip));
    expect(error).toMatchObject({ code: expect.stringMatching(/^(?:hash-mismatch|bad-signature|stale-list)$/) });
    expect(left).toEqual([]);
  });

  test('lists that somebody else signed, or that are too old', async () => {
    const stranger = await makeKey();
    expect((await failure(files, undefined, [stranger.public])).error).toMatchObject({ code: 'bad-signature' });
    const old = await makeMirrorFiles(fixture(['Valid-Until: Fri, 01 Nov 2024 00:00:00 UTC']), key);
    expect((await failure(old)).error).toMatchObject({
      code: 'stale-list',
      message: expect.stringContaining('good until 2024-11-01'),
    });
  });

  test('a mirror without the suite, without a package, and one that gives more than it says', async () => {
    expect((await failure(new Map())).error).toMatchObject({
      code: 'no-packages',
      message: expect.stringContaining('has no Debian release "trixie"'),
    });
    const lacking = new Map([...files].filter(([path]) => !path.endsWith(kernelFile)));
    expect((await failure(lacking)).error).toMatchObject({ code: 'mirror', message: expect.stringContaining('lacks') });
    const longer = withFile(kernelFile, (bytes) => Buffer.concat([bytes, bytes]));
    expect((await failure(longer)).error).toMatchObject({ code: 'mirror', message: expect.stringContaining('larger') });
  });

  test('a mirror that is down is named, and one that has trouble is asked again', async () => {
    const uri = await (async () => {
      await using server = await serveMirror(files);
      return server.uri;
    })();
    await expect(build(uri)).rejects.toMatchObject({ code: 'mirror', message: expect.stringContaining(uri) });
    let troubles = 2;
    await using server = await serveMirror(withFile('by-hash', flip), (_path, _request, response) => {
      if (troubles-- <= 0) return false;
      response.writeHead(503).end('busy');
      return true;
    });
    await expect(build(server.uri)).rejects.toMatchObject({ code: 'hash-mismatch' });
  });

  test('an address that is none is a mistake of the user', async () => {
    await expect(build('ftp://mirror.example/debian')).rejects.toThrow('is not the address of a mirror');
  });

  test('a build that is stopped leaves nothing half-made', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    await using server = await serveMirror(files, (path) => {
      if (!path.endsWith(kernelFile)) return false;
      stop.abort(reason);
      return true;
    });
    await expect(build(server.uri, [key.public], stop.signal)).rejects.toBe(reason);
    expect(await findGuest('debian-amd64', { cacheDir })).toBeNull();
    await expect(access(join(cacheDir, 'guests/.work-debian-amd64-trixie/scratch'))).rejects.toThrow();
  });
});
