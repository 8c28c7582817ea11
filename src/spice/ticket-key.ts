/**
 * The key pair tickets travel under (spice-protocol: RSA of 1,024 bits, OAEP with SHA-1, public key as a
 * SubjectPublicKeyInfo of 162 bytes). The protocol fixes the sizes; who needs secrecy on the way uses TLS.
 */
import { constants, generateKeyPair, privateDecrypt, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { assert } from '../base/assert.ts';
import { spiceLink } from './wire/link.gen.ts';

const KEY_BITS = 8 * spiceLink.ticketBytes;

const generate = promisify(generateKeyPair);

/** One key pair, made in the background when it is first wanted. */
export class TicketKey {
  #pair: Promise<{ readonly publicKey: Buffer; readonly privateKey: KeyObject }> | null = null;

  /** The public key, 162 bytes. */
  async publicKey(): Promise<Buffer> {
    return (await this.#made()).publicKey;
  }

  /** The text of an encrypted ticket, up to its NUL. `null`: it was not encrypted for this key. */
  async decrypt(ticket: Uint8Array): Promise<string | null> {
    const { privateKey } = await this.#made();
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const clear = privateDecrypt({ key: privateKey, padding, oaepHash: 'sha1' }, ticket);
      const end = clear.indexOf(0);
      return clear.toString('utf8', 0, end < 0 ? clear.byteLength : end);
    } catch {
      // OpenSSL's reasons differ by version and tell a peer nothing it may know.
      return null;
    }
  }

  #made(): Promise<{ readonly publicKey: Buffer; readonly privateKey: KeyObject }> {
    this.#pair ??= generate('rsa', { modulusLength: KEY_BITS }).then(({ publicKey, privateKey }) => {
      const der = publicKey.export({ type: 'spki', format: 'der' });
      assert(der.byteLength === spiceLink.publicKeyBytes, `the public key has ${der.byteLength} bytes`);
      return { publicKey: der, privateKey };
    });
    return this.#pair;
  }
}
