/** Where Saffron keeps things on this machine: the folders of the XDG Base Directory Specification 0.8. */
import { mkdirSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

function fromEnvironment(variable: string, ...fallback: readonly string[]): string {
  const value = process.env[variable];
  return join(value?.startsWith('/') === true ? value : join(homedir(), ...fallback), 'saffron');
}

/** What is kept between runs: the certificate. */
export function dataFolder(): string {
  return fromEnvironment('XDG_DATA_HOME', '.local', 'share');
}

/** What can be made anew: guest images. */
export function cacheFolder(): string {
  return fromEnvironment('XDG_CACHE_HOME', '.cache');
}

/** Sockets of running guests, readable by this user only; made when it is missing. */
export function runtimeFolder(): string {
  const xdg = process.env['XDG_RUNTIME_DIR'];
  const folder = xdg?.startsWith('/') === true ? join(xdg, 'saffron') : join(tmpdir(), `saffron-${userInfo().uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
