/**
 * The keys that may sign Debian's package lists: those that came with Saffron (`archive-keys.asc`), those of this machine's
 * own Debian keyring, and what the package source that names the mirror is signed by (sources.list(5), `Signed-By`).
 */
import { readFile } from 'node:fs/promises';
import type { Key } from 'openpgp';
import { HostError, messageOf } from '../../../base/errors.ts';

/** A public key. */
export type TrustedKey = Key;

/** Debian's own keyring, where the package debian-archive-keyring puts it. */
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.pgp', '/usr/share/keyrings/debian-archive-keyring.gpg'];

/**
 * Reads the keys. `signedBy`: the path of a keyring, or a key in ASCII armour whose lines may be indented and its empty line
 * a full stop; null: nothing besides Debian's own; key ids choose among the others and add nothing. Throws HostError
 * `no-keyring` when a keyring that is named cannot be read.
 */
export async function readArchiveKeys(signedBy: string | null): Promise<readonly TrustedKey[]> {
  const keys = await readKeyring(await readFile(new URL('archive-keys.asc', import.meta.url)));
  for (const path of KEYRINGS) {
    const bytes = await readFile(path).catch(() => null);
    if (bytes !== null) keys.push(...(await readKeyring(bytes).catch(() => [])));
  }
  if (signedBy === null) return keys;
  try {
    if (signedBy.includes('-----BEGIN')) {
      const armour = signedBy.replaceAll(/^[ \t]+/gm, '').replaceAll(/^\.$/gm, '');
      keys.push(...(await readKeyring(Buffer.from(armour))));
    } else {
      for (const path of signedBy.split(/[\s,]+/).filter((word) => word.startsWith('/')))
        if (!KEYRINGS.includes(path)) keys.push(...(await readKeyring(await readFile(path))));
    }
  } catch (error) {
    throw new HostError('no-keyring', `The keys of this machine's package source cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return keys;
}

/** Public keys, in ASCII armour or not. */
async function readKeyring(bytes: Uint8Array): Promise<TrustedKey[]> {
  const { readKeys } = await import('openpgp');
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = text.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----/g);
  if (blocks === null) return await readKeys({ binaryKeys: bytes });
  const keys = [];
  for (const armoredKeys of blocks) keys.push(...(await readKeys({ armoredKeys })));
  return keys;
}
