/** Inputs that broke something once. */
import { join } from 'node:path';
import type { FuzzStep, FuzzTargetName } from './targets.ts';

/** The folder of the files. */
export const CORPUS = join(import.meta.dirname, 'corpus');

/** One input. */
export interface CorpusFile {
  readonly target: FuzzTargetName;
  /** What it broke when it was found. */
  readonly reason: string;
  readonly steps: readonly FuzzStep[];
}
