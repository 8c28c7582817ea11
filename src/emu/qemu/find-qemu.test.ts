import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findQemu, parseDevices, parseDisplays, parseVersion } from './find-qemu.ts';
import { howToInstallQemu } from './how-to-install-qemu.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-find-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const answering = (version: string, displays: string): string =>
  `case "$1" in --version) echo 'QEMU emulator version ${version} (Debian)';; -display) printf 'Available display ` +
  `backend types:\\n${displays}\\n\\nSome\\n';; *) echo 'name "VGA", bus PCI';; esac`;

test('the answers of QEMU are understood', () => {
  expect(parseVersion('QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds)\n', 'q')).toEqual({
    major: 10,
    minor: 0,
    micro: 2,
  });
  expect([...parseDevices('Display devices:\nname "VGA", bus PCI\nname "ramfb", bus System, desc "x"\n\n')]).toEqual([
    'VGA',
    'ramfb',
  ]);
  expect([
    ...parseDisplays('Available display backend types:\nnone\ndbus\n\nSome display backends support\nx'),
  ]).toEqual(['none', 'dbus']);
});

test('one that does is taken', async () => {
  const path = await program('good', answering('9.2.0', 'none\\ndbus'));
  const found = await findQemu('x86_64', path);
  expect(found).toMatchObject({ path, version: { major: 9, minor: 2 } });
  expect(found.devices.has('VGA')).toBe(true);
});

test('one that is too old is refused with what to install', async () => {
  const path = await program('old', answering('7.2.22', 'dbus'));
  await expect(findQemu('x86_64', path)).rejects.toMatchObject({
    code: 'qemu-old',
    message: expect.stringMatching(/is QEMU 7\.2, Saffron needs 8\.2 or newer: install .*\.$/) as unknown,
  });
});

test('one without the D-Bus display is refused', async () => {
  const path = await program('bare', answering('9.0.0', 'none'));
  await expect(findQemu('x86_64', path)).rejects.toMatchObject({ code: 'qemu-display' });
});

test('one that is not QEMU, and one that fails, are refused', async () => {
  await expect(findQemu('x86_64', await program('other', 'echo hello'))).rejects.toMatchObject({ code: 'qemu-broken' });
  await expect(findQemu('x86_64', await program('failing', 'echo no such library >&2; exit 127'))).rejects.toThrow(
    /does not run: no such library/,
  );
});

test('none at all is told with what to install', async () => {
  await expect(findQemu('vax')).rejects.toMatchObject({
    code: 'qemu-missing',
    message: expect.stringMatching(/^There is no qemu-system-vax in PATH: install /) as unknown,
  });
  await expect(findQemu('x86_64', `${folder}/none`)).rejects.toThrow(`There is no program ${folder}/none`);
});

describe('what to install', () => {
  test.each([
    [
      'x86_64',
      'ID=debian\nVERSION_CODENAME=bookworm\n',
      'qemu-system-x86 and qemu-system-modules-opengl from the suite bookworm-backports',
    ],
    ['arm', 'ID=debian\nVERSION_CODENAME=trixie\n', 'install qemu-system-arm and qemu-system-modules-opengl'],
    ['x86_64', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'install qemu-system-x86 and qemu-system-modules-opengl'],
    ['riscv64', 'ID=fedora\n', 'install QEMU 8.2 or newer for riscv64'],
    ['x86_64', '', 'install QEMU 8.2 or newer'],
  ])('%s on %j', (arch, osRelease, text) => expect(howToInstallQemu(arch, osRelease)).toContain(text));
});
