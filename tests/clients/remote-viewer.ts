import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningProgram } from './running-program.ts';
import type { SpiceTarget } from './spice-client.ts';
import type { XScreen } from './x-screen.ts';

/**
 * Starts remote-viewer (virt-viewer) on a screen: a Unix socket by its address, ports by a connection file with the
 * password and the certificate in it. The caller owns the program.
 */
export async function startRemoteViewer(screen: XScreen, target: SpiceTarget): Promise<RunningProgram> {
  return screen.run('remote-viewer', ['--debug', '--auto-resize=never', await whereTo(screen, target)]);
}

async function whereTo(screen: XScreen, target: SpiceTarget): Promise<string> {
  if ('unix' in target) return `spice+unix://${target.unix}`;
  const lines = ['[virt-viewer]', 'type=spice', `host=${target.host}`];
  if ('port' in target) lines.push(`port=${target.port}`);
  if (target.password !== undefined) lines.push(`password=${target.password}`);
  if ('tlsPort' in target) {
    const certificate = await readFile(target.caFile, 'utf8');
    lines.push(`tls-port=${target.tlsPort}`, `ca=${certificate.trim().replaceAll(/\r?\n/g, String.raw`\n`)}`);
  }
  const file = join(screen.folder, 'guest.vv');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}
