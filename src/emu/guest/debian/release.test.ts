import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { readArchiveKeys } from './archive-keys.ts';
import { makeKey, signText, type KeyFixture } from './mirror-fixture.ts';
import { readInRelease, type Release } from './release.ts';

const DIGEST = 'a'.repeat(64);
const TEXT = [
  'Suite: stable',
  'Codename: trixie',
  'Date: Sat, 21 Nov 2026 09:15:44 UTC',
  'Acquire-By-Hash: yes',
  'MD5Sum:',
  ' 0123 5 main/x',
  'SHA256:',
  ` ${DIGEST}   12 main/binary-amd64/Packages.gz`,
  ' nonsense',
].join('\n');
const now = new Date('2026-11-28T12:00:00Z');
let key: KeyFixture;
let other: KeyFixture;

beforeAll(async () => {
  [key, other] = await Promise.all([makeKey(), makeKey()]);
});

/** The text, signed when it says that it was made. */
async function signed(text: string, by = key): Promise<string> {
  return signText(text, by, new Date('2026-11-21T09:16:20Z'));
}

async function read(text: string, suite = 'trixie', at = now): Promise<Release> {
  return readInRelease(text, { suite, keys: [key.public], now: at });
}

describe('readInRelease', () => {
  test('gives the lists with their digests, for the name of the release and for that of the suite', async () => {
    const text = await signed(TEXT);
    for (const suite of ['trixie', 'stable'])
      expect(await read(text, suite)).toEqual({
        files: new Map([['main/binary-amd64/Packages.gz', { bytes: 12, sha256: DIGEST }]]),
        isByHash: true,
      });
  });

  test('one good signature is enough beside those of unknown keys', async () => {
    const { createCleartextMessage, sign } = await import('openpgp');
    const message = await createCleartextMessage({ text: TEXT });
    const both = await sign({
      message,
      signingKeys: [other.secret, key.secret],
      date: new Date('2026-11-21T09:16:20Z'),
    });
    expect((await read(both)).files.size).toBe(1);
  });

  test('refuses a text that is unsigned, changed, or signed by another key', async () => {
    const text = await signed(TEXT);
    await expect(read(TEXT)).rejects.toThrow('no signed text');
    await expect(read('')).rejects.toThrow('no signed text');
    await expect(read(text.replace(DIGEST, 'b'.repeat(64)))).rejects.toThrow('is wrong');
    await expect(read(await signed(TEXT, other))).rejects.toThrow('no key is trusted here');
  });

  test('what stands outside the signed text counts for nothing', async () => {
    const text = await signed(TEXT);
    const forged = ` ${'b'.repeat(64)} 12 main/forged\n`;
    for (const mixed of [forged + text, text + forged, text.replace('Hash: ', `SHA256: ${forged.trim()}\nHash: `)]) {
      const release = await read(mixed).catch((error: unknown) => error);
      if (release instanceof Error) expect(release).toBeInstanceOf(HostError);
      else expect([...(release as Release).files.keys()]).toEqual(['main/binary-amd64/Packages.gz']);
    }
  });

  test('refuses another suite than the one that was asked for', async () => {
    await expect(read(await signed(TEXT), 'sid')).rejects.toThrow('gave the release file of stable, trixie');
  });

  test('refuses a list from the future, and one past its day; a day of difference is forgiven', async () => {
    const text = await signed(TEXT);
    await expect(read(text, 'trixie', new Date('2026-11-20T09:00:00Z'))).rejects.toThrow('set the clock');
    expect((await read(text, 'trixie', new Date('2026-11-20T10:00:00Z'))).files.size).toBe(1);
    const dated = await signed(`Valid-Until: Fri, 27 Nov 2026 09:00:00 UTC\n${TEXT}`);
    await expect(read(dated)).rejects.toMatchObject({
      code: 'stale-list',
      message: expect.stringContaining('2026-11-27'),
    });
    expect((await read(dated, 'trixie', new Date('2026-11-26T00:00:00Z'))).files.size).toBe(1);
    await expect(read(await signed(TEXT.replace(/Date: .*/, 'Date: soon')))).rejects.toThrow('has no date');
  });

  test('ends in a HostError for any damage', async () => {
    const whole = Buffer.from(await signed(TEXT));
    const change = fc.tuple(fc.nat(whole.length - 1), fc.constantFrom(0, 10, 32, 45, 65, 255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        const release = await read(bytes.toString('latin1')).catch((error: unknown) => error);
        if (release instanceof Error) expect(release).toBeInstanceOf(HostError);
        else expect([...(release as Release).files.values()]).toEqual([{ bytes: 12, sha256: DIGEST }]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the keys', () => {
  test("that come with Saffron are Debian's", async () => {
    const keys = await readArchiveKeys(null);
    const prints = keys.map((found) => found.getFingerprint().toUpperCase());
    // https://ftp-master.debian.org/keys.html
    for (const print of [
      'B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8',
      '4D64FEC119C2029067D6E791F8D2585B8783D481',
      '04B54C3CDCA79751B16BC6B5225629DF75B188BD',
      '41587F7DB8C774BCCF131416762F67A0B2C39DE4',
    ])
      expect(prints).toContain(print);
  });

  test('of a package source are taken in both forms, and a keyring that is missing is named', async () => {
    const armour = key.public.armor();
    const indented = armour
      .split('\n')
      .map((line) => (line.trim() === '' ? ' .' : ` ${line}`))
      .join('\n');
    const print = key.public.getFingerprint();
    expect((await readArchiveKeys(indented)).map((found) => found.getFingerprint())).toContain(print);
    await expect(readArchiveKeys('/nowhere/keyring.gpg')).rejects.toMatchObject({ code: 'no-keyring' });
  });
});
