/**
 * Whether this host lets us call its C library. What is beside this file fails while it is loaded where it does not, so what
 * also works without asks here first, and imports only then.
 */
import { HostError, messageOf } from '../errors.ts';

/** Why native calls do not work here, and what helps, in one sentence without its subject; null: they do. */
export async function whyNoNativeCalls(): Promise<string | null> {
  try {
    await import('./libc.ts');
    return null;
  } catch (error) {
    const reason = messageOf(error).split('\n', 1)[0]?.replace(/[.;]$/, '') ?? '';
    return `needs native calls, and the package koffi, which makes them, does not load here (${reason}): run "npm ci" in Saffron's folder, on Linux with glibc.`;
  }
}

/** Rejects with HostError, in one sentence about `what`, where native calls do not work. */
export async function requireNativeCalls(what: string): Promise<void> {
  const reason = await whyNoNativeCalls();
  if (reason !== null) throw new HostError('native-calls', `${what} ${reason}`);
}
