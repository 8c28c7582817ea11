/** glmark2 as a client: Mesa's virpipe draws its scenes through a server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CpuTime } from '../cpu-time.ts';
import type { Measures } from '../report.ts';
import { frameMeasures } from './measures.ts';
import { cpuByProcess, servingSince, type Subject } from './subjects.ts';

/** All scenes of glmark2 2023.01, with their own options. */
export const SCENES: readonly string[] = (
  'build texture shading bump effect2d pulsar desktop buffer ideas jellyfish terrain shadow refract conditionals ' +
  'function loop clear'
).split(' ');

/** A scene before the one that is measured: the server's next process starts meanwhile. */
const WARM_UP = 'clear:duration=3.0';
/** And one after it: the server's process must be there still when its time is read. */
const COOL_DOWN = 'clear:duration=10.0';
/** Older Mesas connect to /tmp/.virgl_test and nowhere else, so the program sees a /tmp of its own. */
const WITH_OWN_TMP = 'mount --bind "$0" /tmp && exec "$@"';
const RESULT = /FPS: \d+ FrameTime: ([\d.]+) ms/g;

/** Runs one scene. Processor time is counted from when its first frame is drawn; loading it is left out. */
export async function runScene(
  subject: Subject,
  scene: string,
  seconds: number,
  environment: Readonly<Record<string, string>>,
): Promise<Measures> {
  const times: Promise<ReadonlyMap<number, CpuTime>>[] = [];
  const scenes = [WARM_UP, `${scene}:duration=${seconds}.0`, COOL_DOWN];
  const output = await runGlmark2(subject.folder, scenes, environment, async (text, stop) => {
    // The name of a scene is printed when it is loaded, its result when it is done.
    const done = text.match(RESULT)?.length ?? 0;
    const isRunning = done === 1 && text.lastIndexOf(`[${scene}]`) > text.lastIndexOf('FPS:');
    if ((isRunning && times.length === 0) || (done === 2 && times.length === 1)) times.push(cpuByProcess(subject));
    if (times.length < 2) return;
    await times[1];
    stop();
  });
  const frameMs = Number([...output.matchAll(RESULT)][1]?.[1] ?? Number.NaN);
  const [before, after] = await Promise.all(times);
  if (before === undefined || after === undefined || !(frameMs > 0))
    throw new Error(`glmark2 measured nothing:\n${output}`);
  const cpu = servingSince(before, after);
  const ms = seconds * 1000;
  return frameMeasures(ms / frameMs, ms, cpu);
}

/** Runs scenes one after another; `onText` gets all that was printed so far whenever more was, and may end it. */
export async function runGlmark2(
  folder: string,
  scenes: readonly string[],
  environment: Readonly<Record<string, string>>,
  onText: (text: string, stop: () => void) => Promise<void> = async () => {},
): Promise<string> {
  const glmark2 = ['glmark2', '--off-screen', '--size', '800x600', ...scenes.flatMap((scene) => ['-b', scene])];
  const child = spawn('unshare', ['--map-root-user', '--mount', 'sh', '-c', WITH_OWN_TMP, folder, ...glmark2], {
    env: { ...process.env, ...environment, LIBGL_ALWAYS_SOFTWARE: '1', GALLIUM_DRIVER: 'virpipe' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const stop = (): void => void child.kill('SIGKILL');
  const onData = (part: string): void => {
    text += part;
    void onText(text, stop);
  };
  child.stdout.setEncoding('utf8').on('data', onData);
  child.stderr.setEncoding('utf8').on('data', onData);
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (status !== 0 && signal !== 'SIGKILL')
    throw new Error(`glmark2 ended with status ${status}:\n${text.slice(-2000)}`);
  return text;
}
