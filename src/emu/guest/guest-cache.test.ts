import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HostError } from '../../base/errors.ts';
import { buildInto, guestsFolder, readImages, type Workshop } from './guest-cache.ts';
import { MANIFEST, parseManifest, readGuestImage, type GuestManifest } from './guest-image.ts';

const KEY = 'debian-amd64-trixie';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function manifestOf(hash: string, createdAt: string): GuestManifest {
  const file = { bytes: 3, sha256: '' };
  return {
    form: 1,
    name: 'debian-amd64',
    arch: 'amd64',
    suite: 'trixie',
    append: 'quiet',
    hash,
    recipe: 'r',
    createdAt,
    files: { kernel: file, 'initrd.cpio': file, 'disk.ext4': file },
    packages: [],
  };
}

async function fill(target: string, hash: string, createdAt = '2026-01-01T00:00:00Z'): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const name of ['kernel', 'initrd.cpio', 'disk.ext4']) await writeFile(join(target, name), 'abc');
  await writeFile(join(target, MANIFEST), JSON.stringify(manifestOf(hash, createdAt)));
}

function maker(hash: string, createdAt?: string): (workshop: Workshop) => Promise<string> {
  return async ({ result }) => {
    await fill(result, hash, createdAt);
    return `${KEY}-${hash}`;
  };
}

describe('an image', () => {
  test('is found when its manifest and the sizes of its files agree', async () => {
    await fill(join(folder, `${KEY}-h1`), 'h1');
    expect(await readGuestImage(join(folder, `${KEY}-h1`))).toMatchObject({
      name: 'debian-amd64',
      hash: 'h1',
      kernel: join(folder, `${KEY}-h1`, 'kernel'),
      disk: join(folder, `${KEY}-h1`, 'disk.ext4'),
    });
  });

  test('is none when a file is cut short, missing, or the manifest is damaged', async () => {
    const place = join(folder, `${KEY}-h1`);
    await fill(place, 'h1');
    await truncate(join(place, 'disk.ext4'), 2);
    expect(await readGuestImage(place)).toBeNull();
    await fill(place, 'h1');
    await rm(join(place, 'kernel'));
    expect(await readGuestImage(place)).toBeNull();
    await fill(place, 'h1');
    await truncate(join(place, MANIFEST), 40);
    expect(await readGuestImage(place)).toBeNull();
  });

  test('has a manifest of the right form only', () => {
    const good = manifestOf('h', 'now');
    expect(parseManifest(JSON.stringify(good))).toEqual(good);
    const { recipe, ...withoutRecipe } = good;
    for (const bad of [
      null,
      [],
      'x',
      withoutRecipe,
      { ...good, recipe: Number(recipe) },
      { ...good, name: 'other' },
      { ...good, files: { ...good.files, kernel: { bytes: -0.5, sha256: '' } } },
      { ...good, packages: [{ name: 'x' }] },
    ])
      expect(parseManifest(JSON.stringify(bad))).toBeNull();
  });
});

describe('buildInto', () => {
  test('puts a whole image in its place and leaves nothing else', async () => {
    const image = await buildInto(folder, KEY, maker('h1'));
    expect(image.hash).toBe('h1');
    expect(await readdir(folder)).toEqual([`.lock-${KEY}`, `${KEY}-h1`]);
  });

  test('keeps the newest two images of a key', async () => {
    for (const day of [1, 2, 3]) await buildInto(folder, KEY, maker(`h${day}`, `2026-01-0${day}T00:00:00Z`));
    expect((await readImages(folder)).map(({ hash }) => hash)).toEqual(['h3', 'h2']);
  });

  test('a maker that fails leaves no image and no scratch files, but its downloads', async () => {
    const fails = buildInto(folder, KEY, async ({ downloads, scratch, result }) => {
      for (const path of [downloads, scratch, result]) await writeFile(join(path, 'x'), 'x');
      throw new HostError('recipe', 'no');
    });
    await expect(fails).rejects.toThrow('no');
    expect(await readImages(folder)).toEqual([]);
    expect(await readdir(join(folder, `.work-${KEY}`))).toEqual(['downloads']);
    expect((await buildInto(folder, KEY, maker('h1'))).hash).toBe('h1');
  });

  test('what a killed build left is never used, and gone with the next build', async () => {
    await fill(join(folder, `.work-${KEY}`, 'result'), 'h0');
    await fill(join(folder, `.work-${KEY}`, 'scratch'), 'h0');
    expect(await readImages(folder)).toEqual([]);
    let found: string[] = [];
    await buildInto(folder, KEY, async (workshop) => {
      found = [...(await readdir(workshop.result)), ...(await readdir(workshop.scratch))];
      return maker('h1')(workshop);
    });
    expect(found).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.startsWith('.work'))).toEqual([]);
  });

  test('a full disk is told in one sentence, and even downloads are removed', async () => {
    const fails = buildInto(folder, KEY, async ({ downloads }) => {
      await writeFile(join(downloads, 'x'), 'x');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    await expect(fails).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^The disk is full/),
    });
    expect(await readdir(folder)).toEqual([`.lock-${KEY}`]);
  });

  test('a folder that cannot be made is told in one sentence', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(buildInto(join(folder, 'file', 'guests'), KEY, maker('h1'))).rejects.toThrow(HostError);
  });

  test('two builds at once: the second waits and takes what the first made', async () => {
    const first = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const waiting = Promise.withResolvers<void>();
    const a = buildInto(folder, KEY, async (workshop) => {
      started.resolve();
      await first.promise;
      return maker('h1')(workshop);
    });
    await started.promise;
    let isMadeTwice = false;
    const b = buildInto(
      folder,
      KEY,
      async (workshop) => {
        const [present] = await readImages(folder);
        if (present !== undefined) return present;
        isMadeTwice = true;
        return maker('h2')(workshop);
      },
      { onWait: () => waiting.resolve() },
    );
    await waiting.promise;
    first.resolve();
    expect([(await a).hash, (await b).hash, isMadeTwice]).toEqual(['h1', 'h1', false]);
  });

  test('waiting for another build ends when it is aborted', async () => {
    const first = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const a = buildInto(folder, KEY, async (workshop) => {
      started.resolve();
      await first.promise;
      return maker('h1')(workshop);
    });
    await started.promise;
    const abort = new AbortController();
    const b = buildInto(folder, KEY, maker('h2'), {
      signal: abort.signal,
      onWait: () => abort.abort(new Error('the user has had enough')),
    });
    await expect(b).rejects.toThrow('the user has had enough');
    first.resolve();
    await a;
  });

  test('a build in another process that is killed frees the lock', async () => {
    const program = join(folder, 'hold.ts');
    await writeFile(
      program,
      `import { buildInto } from ${JSON.stringify(new URL('guest-cache.ts', import.meta.url).href)};
       await buildInto(process.argv[2], process.argv[3], async () => { process.send('held'); return new Promise(() => { setInterval(() => {}, 1e6); }); });`,
    );
    const other: ChildProcess = fork(program, [folder, KEY], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    await once(other, 'message');
    const image = buildInto(folder, KEY, maker('h1'), { onWait: () => void other.kill('SIGKILL') });
    expect((await image).hash).toBe('h1');
  });
});

test('the folder of images follows the XDG specification and --cache-dir', () => {
  const before = process.env['XDG_CACHE_HOME'];
  try {
    process.env['XDG_CACHE_HOME'] = '/c';
    expect(guestsFolder()).toBe('/c/saffron/guests');
    process.env['XDG_CACHE_HOME'] = 'relative';
    expect(guestsFolder()).toMatch(/^\/.*\/\.cache\/saffron\/guests$/);
    expect(guestsFolder('/mine')).toBe('/mine/guests');
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
});
