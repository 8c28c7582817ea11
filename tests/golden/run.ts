/**
 * `npm run test:golden`: draws the scenes and shows guests, compares them with the stored pictures, and writes what a person
 * wants to see. See README.md beside this file. Ends with status 1 when something is not as it should be.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { startRenderer } from '../conformance/renderers.ts';
import {
  differenceImage,
  differenceOf,
  isWithin,
  OTHER_DRIVER,
  SAME_DRIVER,
  type Image,
  type Tolerance,
} from './compare.ts';
import { drawScenes, readImage, storedPath, writeImage, type ScenePicture } from './pictures.ts';
import { SCENES } from './scenes.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    update: { type: 'boolean', default: false },
    mesa: { type: 'string' },
  },
});

const out = values.out ?? null;
if (out !== null) await mkdir(out, { recursive: true });

async function write(name: string, image: Image): Promise<void> {
  if (out !== null) await writeImage(join(out, `${name}.png`), image);
}

/** Says how two pictures differ, and writes how. */
async function compare(name: string, against: string, one: Image, other: Image, tolerance: Tolerance): Promise<void> {
  const difference = differenceOf(one, other, tolerance);
  const isGood = isWithin(difference, tolerance);
  const share = (100 * difference.share).toFixed(3);
  console.log(
    `${isGood ? 'same' : 'NOT THE SAME'}\t${name}\t${against}\tgreatest ${difference.greatest}\tbeyond ${share} %`,
  );
  if (!isGood) process.exitCode = 1;
  if (difference.greatest > 0) await write(`${name}.from-${against}`, differenceImage(one, other));
}

async function scenesThrough(name: 'saffron' | 'llvmpipe'): Promise<ReadonlyMap<string, ScenePicture | string>> {
  await using renderer = await startRenderer(name, values.mesa ?? null);
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  try {
    return await drawScenes(renderer.env, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const theirs = await scenesThrough('llvmpipe');
const ours = await scenesThrough('saffron');
for (const { name } of SCENES) {
  const [own, alone] = [ours.get(name), theirs.get(name)];
  if (typeof own !== 'object' || typeof alone !== 'object') {
    console.log(`NOT DRAWN\t${name}\t${typeof own === 'object' ? 'llvmpipe' : 'saffron'}`);
    process.exitCode = 1;
    continue;
  }
  // What is stored is what the driver draws alone: the judge, not the judged.
  if (values.update) await writeImage(storedPath(name), alone.image);
  await write(name, own.image);
  await compare(name, 'llvmpipe', own.image, alone.image, SAME_DRIVER);
  await compare(name, 'stored', own.image, await readImage(storedPath(name)), OTHER_DRIVER);
}
