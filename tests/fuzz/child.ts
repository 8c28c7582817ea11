/**
 * The process in which inputs are tried: a driver that crashes or hangs takes only this one along. It is told what to try and
 * says what came of it.
 */
import '../../src/gl/egl/native-stack.ts';
import process from 'node:process';
import { fuzzTargets } from './targets.ts';
import type { FuzzStep, FuzzTargetName } from './targets.ts';

/** An input to try, as a seed or as what it is made of. */
export type FuzzRequest = { readonly seed: number } | { readonly steps: readonly FuzzStep[] };

/** What came of it. */
export interface FuzzReply {
  /** What was broken, or null. */
  readonly failure: string | null;
  readonly residentBytes: number;
  readonly remarks: readonly (readonly [string, number])[];
}

const target = fuzzTargets[process.argv[2] as FuzzTargetName];
const world = await target.open();

async function attempt(request: FuzzRequest): Promise<string | null> {
  try {
    await world.run('seed' in request ? target.generate(request.seed) : request.steps);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

process.on('message', (request: FuzzRequest) => {
  void attempt(request).then((failure) => {
    const reply: FuzzReply = {
      failure,
      residentBytes: process.memoryUsage.rss(),
      remarks: [...(world.remarks ?? [])],
    };
    process.send?.(reply);
  });
});
process.on('disconnect', () => {
  void Promise.resolve(world.close()).finally(() => process.exit(0));
});
