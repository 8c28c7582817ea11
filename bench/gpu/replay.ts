/** Recorded frames of glmark2, given to a server as fast as it takes them: what a client costs is left out. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Measures } from '../report.ts';
import { runGlmark2 } from './glmark2.ts';
import { frameMeasures } from './measures.ts';
import { recordStream, StreamPlayer, type Stream } from './streams.ts';
import { cpuByProcess, servingSince, startSubject, type Subject } from './subjects.ts';

const SETTLE_MS = 1000;

/** What is recorded: scenes with many draws, many uploads, large textures, much geometry, and next to nothing. */
export const REPLAYED: readonly string[] = ['ideas', 'buffer', 'desktop', 'refract', 'clear'];

/** Records a scene of glmark2 as the peer draws it. */
export async function recordScene(
  scene: string,
  seconds: number,
  environment: Readonly<Record<string, string>>,
): Promise<Stream> {
  await using subject = await startSubject('virgl-server');
  const target = join(subject.folder, 'server');
  await rename(subject.socket, target);
  return await recordStream(subject.socket, target, () =>
    runGlmark2(subject.folder, [`${scene}:duration=${seconds}.0`], environment),
  );
}

/** Plays it once, loading included. */
export async function runReplay(subject: Subject, stream: Stream): Promise<Measures> {
  using player = await StreamPlayer.open(subject.socket);
  // The server's next process has started by then.
  await delay(SETTLE_MS);
  const before = await cpuByProcess(subject);
  const start = performance.now();
  await player.play(stream);
  const ms = performance.now() - start;
  const cpu = servingSince(before, await cpuByProcess(subject));
  return frameMeasures(stream.waits, ms, cpu);
}
