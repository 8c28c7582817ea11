import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningProgram } from './running-program.ts';
import type { SpiceTarget } from './spice-client.ts';
import type { XScreen } from './x-screen.ts';

/**
 * Starts spicy (spice-gtk's own viewer) on a screen, unscaled and large enough for a guest of 1280x800. The caller owns
 * the program.
 */
export async function startSpicy(screen: XScreen, target: SpiceTarget): Promise<RunningProgram> {
  const settings = join(screen.env['XDG_CONFIG_HOME'] ?? screen.folder, 'spicy');
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, 'settings'), '[general]\nscaling=false\nresize-guest=false\n');
  const password = target.password === undefined ? [] : [`--password=${target.password}`];
  const words = [...whereTo(target), ...password, '--spice-disable-audio', '--spice-disable-usbredir'];
  const program = screen.run('spicy', words);
  try {
    await screen.resizeWindow('spicy', 1400, 1050);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return program;
}

function whereTo(target: SpiceTarget): string[] {
  if ('unix' in target) return [`--uri=spice+unix://${target.unix}`];
  if ('port' in target) return [`--host=${target.host}`, `--port=${target.port}`];
  return [`--host=${target.host}`, `--secure-port=${target.tlsPort}`, `--spice-ca-file=${target.caFile}`];
}
