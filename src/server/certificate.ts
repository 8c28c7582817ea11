/**
 * The certificate of the https and tls listeners: the user's own, or one made once and kept, so that a viewer who has
 * accepted it is not asked again.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { HostError, messageOf, UsageError } from '../base/errors.ts';

/** PEM texts, and what people compare. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the DER form, upper-case hexadecimal bytes with colons. */
  readonly fingerprint: string;
  /** Whether a viewer must be given `cert` to trust it. */
  readonly isSelfSigned: boolean;
  /** The file a SPICE program can be pointed at with --spice-ca-file. */
  readonly file: string;
}

/** Renewed when it ends within this time. */
const RENEW_BEFORE_MS = 30 * 86_400_000;
const VALID_DAYS = 825;

/** Reads a certificate and its key. Throws UsageError when they are not such, or do not belong together. */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  const cert = readText(certFile, '--tls-cert');
  const key = readText(keyFile, '--tls-key');
  try {
    const x509 = new X509Certificate(cert);
    if (!x509.checkPrivateKey(createPrivateKey(key))) {
      throw new UsageError(
        `--tls-key ${keyFile} is not the key of --tls-cert ${certFile}: name the pair that belongs together.`,
      );
    }
    return describe(cert, key, certFile);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--tls-cert and --tls-key want PEM files: ${messageOf(error)}.`, { cause: error });
  }
}

/** The certificate kept in `folder`, made when there is none or it ends soon. Throws HostError when it can't be kept. */
export async function keptCertificate(folder: string): Promise<Certificate> {
  const certFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  const kept = existsSync(certFile) && existsSync(keyFile) ? usable(certFile, keyFile) : null;
  if (kept !== null) return kept;
  // Two hundred modules, which hardly any start needs.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Saffron' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 3_600_000),
    notAfterDate: new Date(Date.now() + VALID_DAYS * 86_400_000),
    extensions: [
      // Its own authority: SPICE programs want one, and it can vouch for nothing but these names.
      { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: altNames() },
    ],
  });
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    replaceFile(keyFile, key, 0o600);
    replaceFile(certFile, cert, 0o644);
  } catch (error) {
    throw new HostError(
      'certificate',
      `The certificate can't be kept in ${folder} (${messageOf(error)}): make that folder writable, or name one with --tls-cert and --tls-key.`,
      { cause: error },
    );
  }
  return describe(cert, key, certFile);
}

function usable(certFile: string, keyFile: string): Certificate | null {
  try {
    const kept = readCertificate(certFile, keyFile);
    return Date.parse(new X509Certificate(kept.cert).validTo) - Date.now() > RENEW_BEFORE_MS ? kept : null;
  } catch {
    // Damaged: a new pair takes its place.
    return null;
  }
}

function altNames(): ({ type: 2; value: string } | { type: 7; ip: string })[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address.replace(/%.*$/, ''));
  return [
    ...[...new Set(['localhost', hostname()])].map((value) => ({ type: 2 as const, value })),
    ...[...new Set(['127.0.0.1', '::1', ...addresses])].map((ip) => ({ type: 7 as const, ip })),
  ];
}

function describe(cert: string, key: string, file: string): Certificate {
  const x509 = new X509Certificate(cert);
  return { cert, key, fingerprint: x509.fingerprint256, isSelfSigned: x509.issuer === x509.subject, file };
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${file} can't be read: ${messageOf(error)}.`, { cause: error });
  }
}

function replaceFile(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}
