/** The SPICE ticket: the password, closed by a zero byte, under RSA-1024 with OAEP (SHA-1), for the key of one link. */
import { spiceLink } from '../../../../src/spice/wire/link.gen.ts';
import { SessionError } from './session-error.ts';

/**
 * Encrypts `password` with the server's public key (SubjectPublicKeyInfo, as the link reply carries it): 128 bytes. Throws
 * SessionError: `insecure` where the browser offers no cryptography, `protocol` when the key is none.
 */
export async function encryptTicket(publicKey: Uint8Array, password: string): Promise<Uint8Array> {
  // Browsers leave it out, against its type, on pages that came over plain http.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new SessionError('insecure', 'This page must be opened over https (or on localhost) to log in.');
  }
  const text = new TextEncoder().encode(password);
  if (text.byteLength > spiceLink.maxPasswordBytes) {
    throw new SessionError('authentication', `A password has at most ${spiceLink.maxPasswordBytes} bytes.`);
  }
  const plain = new Uint8Array(text.byteLength + 1);
  plain.set(text);
  try {
    const key = await subtle.importKey('spki', publicKey.slice(), { name: 'RSA-OAEP', hash: 'SHA-1' }, false, [
      'encrypt',
    ]);
    return new Uint8Array(await subtle.encrypt({ name: 'RSA-OAEP' }, key, plain));
  } catch (error) {
    throw new SessionError('protocol', 'The server offers a key that can not be used.', { cause: error });
  }
}
