/** What this renderer adds to what a device can do. */
import { PLAIN_PROMISES } from './capset-values.ts';
import type { RendererPromises } from './capset-values.ts';

/** The promises of this renderer. */
export const PROMISES: RendererPromises = { ...PLAIN_PROMISES, hostFeatureCheckVersion: 22, reservedUniformBlocks: 1 };
