/**
 * Reads archives of ar(1) as deb(5) uses them: `!<arch>\n`, then members with a header of 60 bytes, each at an even offset.
 *
 *     name 16, time 12, uid 6, gid 6, mode 8, bytes 10 (all text, padded with blanks), "`\n"
 */
import { HostError } from '../../../base/errors.ts';

/** One member; `data` is a view of the archive. */
export interface ArMember {
  readonly name: string;
  readonly data: Uint8Array;
}

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;
const MAX_MEMBERS = 64;

/** The members in order. Throws HostError `bad-package`. */
export function readAr(bytes: Uint8Array): readonly ArMember[] {
  const text = (start: number, end: number): string => Buffer.from(bytes.subarray(start, end)).toString('latin1');
  if (text(0, MAGIC.length) !== MAGIC) throw bad('it does not begin as one');
  const members: ArMember[] = [];
  for (let at = MAGIC.length; at < bytes.length;) {
    const start = at + HEADER_BYTES;
    const size = text(at + 48, at + 58).trimEnd();
    if (start > bytes.length || text(at + 58, start) !== '`\n' || !/^\d{1,10}$/.test(size))
      throw bad('a member has no right header');
    const end = start + Number(size);
    if (end > bytes.length) throw bad('a member ends after it');
    if (members.length === MAX_MEMBERS) throw bad('it has too many members');
    members.push({
      name: text(at, at + 16)
        .trimEnd()
        .replace(/\/$/, ''),
      data: bytes.subarray(start, end),
    });
    at = end + (end % 2);
  }
  return members;
}

function bad(what: string): HostError {
  return new HostError('bad-package', `A package cannot be read: it is no archive of ar, ${what}.`);
}
