/** Where the viewers' password comes from. */
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf, UsageError } from '../base/errors.ts';
import { spiceLink } from '../spice/wire/link.gen.ts';

/** Letters and digits that can't be taken for one another. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password that is easy to type: three groups of four, about 59 bits. */
export function makePassword(): string {
  const group = (): string => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group()].join('-');
}

/** The first line of a file. Throws UsageError when it is missing, empty or too long for SPICE. */
export function readPassword(file: string, option: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--${option} ${file} can't be read: ${messageOf(error)}.`, { cause: error });
  }
  const password = text.split(/\r?\n/, 1)[0] ?? '';
  if (password === '') throw new UsageError(`--${option} ${file} is empty: its first line must be the password.`);
  if (Buffer.byteLength(password) > spiceLink.maxPasswordBytes)
    throw new UsageError(`The password in ${file} is too long: SPICE takes ${spiceLink.maxPasswordBytes} bytes.`);
  return password;
}
