/** What can be fuzzed: how inputs are made of a seed, and where they are tried. */
import { gpuSteps } from './gpu-steps.ts';
import { GpuWorld } from './gpu-world.ts';
import { Random } from './random.ts';
import { ServerWorld } from './server-world.ts';
import { VirglStream } from './virgl-steps.ts';
import { VirglWorld } from './virgl-world.ts';
import { vtestSteps, VtestWorld } from './vtest-world.ts';

/** A part of an input. It is plain data; `text` of it, if any, can be shortened line by line. */
export interface FuzzStep {
  readonly do: string;
  readonly text?: string;
}

/** Where inputs are tried, one after another. */
export interface FuzzWorld {
  /** Throws when something is broken. */
  run(steps: readonly FuzzStep[]): void | Promise<void>;
  /** What is worth a look without being a failure: how often, by what it is. */
  readonly remarks?: ReadonlyMap<string, number>;
  close(): void | Promise<void>;
}

/** One target. */
export interface FuzzTarget {
  generate(seed: number): readonly FuzzStep[];
  open(): FuzzWorld | Promise<FuzzWorld>;
}

type TargetWorld<Step> = Omit<FuzzWorld, 'run'> & { run(steps: readonly Step[]): void | Promise<void> };

/** A world is made for the steps of its own target alone. */
function target<Step extends FuzzStep>(
  generate: (random: Random) => readonly Step[],
  open: () => TargetWorld<Step> | Promise<TargetWorld<Step>>,
): FuzzTarget {
  return { generate: (seed) => generate(new Random(seed)), open: open as unknown as FuzzTarget['open'] };
}

/** The targets by name. */
export const fuzzTargets = {
  virgl: target(
    (random) => new VirglStream(random).steps(),
    () => new VirglWorld(),
  ),
  tgsi: target(
    (random) => new VirglStream(random).shaderSteps(),
    () => new VirglWorld(),
  ),
  gpu: target(gpuSteps, () => new GpuWorld()),
  vtest: target(vtestSteps, () => new VtestWorld()),
  server: target(vtestSteps, () => ServerWorld.open()),
} as const satisfies Readonly<Record<string, FuzzTarget>>;

/** The name of a target. */
export type FuzzTargetName = keyof typeof fuzzTargets;
