import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptCertificate, readCertificate } from './certificate.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saffron-certificate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('certificate', () => {
  it('is made once and kept, its key for this user only', async () => {
    const first = await keptCertificate(folder);
    const again = await keptCertificate(folder);
    expect(again).toEqual(first);
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600);
    expect(first.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(first.isSelfSigned).toBe(true);
  });

  it('vouches for localhost by name and by number', async () => {
    const x509 = new X509Certificate((await keptCertificate(folder)).cert);
    expect(x509.checkHost('localhost')).toBe('localhost');
    expect(x509.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(x509.checkIP('::1')).toBeDefined();
    expect(x509.ca).toBe(true);
    expect(x509.verify(x509.publicKey)).toBe(true);
  });

  it('is made anew when the kept one is damaged', async () => {
    const first = await keptCertificate(folder);
    writeFileSync(join(folder, 'certificate.pem'), 'garbage');
    const second = await keptCertificate(folder);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(await keptCertificate(folder)).toEqual(second);
  });

  it('refuses a key that belongs to another certificate, and files that are none', async () => {
    const one = await keptCertificate(join(folder, 'one'));
    await keptCertificate(join(folder, 'two'));
    expect(() => readCertificate(one.file, join(folder, 'two', 'key.pem'))).toThrow('is not the key of');
    expect(() => readCertificate(join(folder, 'none'), one.file)).toThrow("can't be read");
    writeFileSync(join(folder, 'bad'), 'bad');
    expect(() => readCertificate(join(folder, 'bad'), join(folder, 'bad'))).toThrow('want PEM files');
  });

  it('says what to do when it can not be kept', async () => {
    writeFileSync(join(folder, 'file'), '');
    chmodSync(join(folder, 'file'), 0o400);
    await expect(keptCertificate(join(folder, 'file'))).rejects.toThrow('make that folder writable');
  });
});
