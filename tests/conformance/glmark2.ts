/**
 * Runs all scenes of glmark2 with `--validate` on virgl_test_server and on `saffron gpu`: `node tests/conformance/glmark2.ts`.
 * Prints a line for each scene, and ends with status 1 when one is not alike on both.
 */
import process from 'node:process';
import { RunningProgram } from '../clients/running-program.ts';
import { XScreen } from '../clients/x-screen.ts';
import { startRenderer, type Renderer } from './renderers.ts';

const PROGRAMS = ['glmark2', 'glmark2-es2'];
const VALIDATION = /^(\[.*\].*): Validation: (\w+)/;

await using running = new AsyncDisposableStack();
const screen = running.use(await XScreen.start());
const renderers = [running.use(await startRenderer('virgl-server')), running.use(await startRenderer('saffron'))];
for (const program of PROGRAMS) {
  const [theirs = [], ours = []] = await Promise.all(renderers.map(async (renderer) => validate(program, renderer)));
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
    const isAlike = theirs[i] === ours[i];
    console.log(`${program}\t${isAlike ? 'alike' : 'DIFFERS'}\t${theirs[i]}${isAlike ? '' : `\t${ours[i]}`}`);
    if (!isAlike) process.exitCode = 1;
  }
  if (theirs.length === 0) throw new Error(`${program} has validated nothing`);
}

async function validate(program: string, { env }: Renderer): Promise<readonly string[]> {
  const results: string[] = [];
  const glmark2 = new RunningProgram(program, ['--off-screen', '--validate'], {
    env: { ...screen.env, ...env },
    onLine: (line) => {
      const [, scene, verdict] = VALIDATION.exec(line.trim()) ?? [];
      if (scene !== undefined) results.push(`${scene}: ${verdict}`);
    },
  });
  await glmark2.ended;
  return results;
}
