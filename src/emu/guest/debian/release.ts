/**
 * The signed root of a Debian archive, `dists/SUITE/InRelease`: "Debian Repository Format". It names every package list of
 * the suite with its SHA-256, so a right signature on it vouches for all that follows.
 */
import { HostError, messageOf } from '../../../base/errors.ts';
import type { TrustedKey } from './archive-keys.ts';
import { parseParagraphs, type Paragraph } from './control.ts';

/** A list that the release names. */
export interface ReleaseFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** What an archive's signed root says. */
export interface Release {
  /** Path below `dists/SUITE/`, and what lies there. */
  readonly files: ReadonlyMap<string, ReleaseFile>;
  /** Whether a list can also be fetched by its digest, which stays right while the mirror is being renewed. */
  readonly isByHash: boolean;
}

/** Clocks of machines without a battery, and mirrors, may differ by so much. */
const CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;

/**
 * Checks the signature, that this is the suite that was asked for, and the dates; gives what the text says. Throws HostError
 * `bad-signature`, `bad-list` or `stale-list`.
 */
export async function readInRelease(
  text: string,
  expected: { readonly suite: string; readonly keys: readonly TrustedKey[]; readonly now: Date },
): Promise<Release> {
  const { suite, keys, now } = expected;
  const [paragraph] = parseParagraphs(await verifiedText(text, suite, keys, now));
  if (paragraph === undefined) throw new HostError('bad-list', `The release file of Debian ${suite} is empty.`);
  const names = [paragraph.get('suite'), paragraph.get('codename')];
  if (!names.includes(suite))
    throw new HostError(
      'bad-signature',
      `The mirror gave the release file of ${names.filter(Boolean).join(', ') || 'nothing'} for Debian ${suite}.`,
    );
  checkDates(paragraph, suite, now);
  return { files: parseFiles(paragraph.get('sha256') ?? ''), isByHash: paragraph.get('acquire-by-hash') === 'yes' };
}

async function verifiedText(text: string, suite: string, keys: readonly TrustedKey[], now: Date): Promise<string> {
  const refuse = (why: string, cause?: unknown): HostError =>
    new HostError(
      'bad-signature',
      `The package lists of Debian ${suite} are not signed as they must be: ${why}.`,
      cause === undefined ? undefined : { cause },
    );
  const { readCleartextMessage, verify } = await import('openpgp');
  let message;
  try {
    message = await readCleartextMessage({ cleartextMessage: text });
  } catch (error) {
    throw refuse('what the mirror gave is no signed text', error);
  }
  // A clock that runs late must not make fresh signatures wrong; how old the list is, is looked at afterwards.
  const date = new Date(now.getTime() + CLOCK_SLACK_MS);
  const { data, signatures } = await verify({ message, verificationKeys: [...keys], date, format: 'utf8' });
  let isSigned = false;
  let complaint = '';
  for (const { verified, keyID, signature } of signatures) {
    try {
      isSigned = (await verified) || isSigned;
    } catch (error) {
      const isKnown = keys.some((key) => key.getKeys(keyID).length > 0);
      const made = (await signature).packets[0]?.created ?? null;
      if (isKnown && made !== null && made > date) throw clockError(suite, made, now);
      // One wrong signature by a key of ours is one too many; those by other keys say nothing.
      if (isKnown)
        throw refuse(`the signature by ${keyID.toHex().toUpperCase()} is wrong (${messageOf(error)})`, error);
      complaint = keyID.toHex().toUpperCase();
    }
  }
  if (isSigned) return data;
  throw refuse(
    complaint === '' ? 'there is no signature' : `no key is trusted here that made a signature, such as ${complaint}`,
  );
}

function checkDates(paragraph: Paragraph, suite: string, now: Date): void {
  const made = dateOf(paragraph.get('date'));
  if (made === null) throw new HostError('bad-list', `The release file of Debian ${suite} has no date.`);
  if (made.getTime() > now.getTime() + CLOCK_SLACK_MS) throw clockError(suite, made, now);
  const until = paragraph.get('valid-until');
  if (until === undefined) return;
  const end = dateOf(until);
  if (end === null || end.getTime() < now.getTime())
    throw new HostError(
      'stale-list',
      `The package lists of Debian ${suite} were good until ${end === null ? 'never' : day(end)}: the mirror is no longer renewed; name another one with --mirror.`,
    );
}

function clockError(suite: string, made: Date, now: Date): HostError {
  return new HostError(
    'stale-list',
    `The package lists of Debian ${suite} are of ${day(made)}, and this machine's clock says ${day(now)}: set the clock.`,
  );
}

function dateOf(text: string | undefined): Date | null {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Lines `digest bytes path`. */
function parseFiles(text: string): ReadonlyMap<string, ReleaseFile> {
  const files = new Map<string, ReleaseFile>();
  for (const line of text.split('\n')) {
    const [, sha256, bytes, path] = /^\s*([0-9a-f]{64})\s+(\d{1,12})\s+(\S+)$/.exec(line) ?? [];
    if (sha256 !== undefined && path !== undefined) files.set(path, { bytes: Number(bytes), sha256 });
  }
  return files;
}
