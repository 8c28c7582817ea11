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
  type Mask,
  type Tolerance,
} from './compare.ts';
import { awaitGuestScreen, KMSCUBE, WESTON } from './guests.ts';
import { Kmscube } from './kmscube.ts';
import { drawScenes, readImage, storedPath, writeImage, type ScenePicture } from './pictures.ts';
import { SCENES } from './scenes.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    update: { type: 'boolean', default: false },
    mesa: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});

/** A desktop alone has fewer, and the console of a guest that starts has 16. */
const TERMINAL_COLORS = 100;
const SETTLE_MS = 20_000;

const out = values.out ?? null;
if (out !== null) await mkdir(out, { recursive: true });

async function write(name: string, image: Image): Promise<void> {
  if (out !== null) await writeImage(join(out, `${name}.png`), image);
}

/** Says how two pictures differ, and writes how. */
async function compare(
  name: string,
  against: string,
  one: Image,
  other: Image,
  tolerance: Tolerance,
  masks: readonly Mask[] = [],
): Promise<void> {
  const difference = differenceOf(one, other, tolerance, masks);
  const isGood = isWithin(difference, tolerance);
  const share = (100 * difference.share).toFixed(3);
  console.log(
    `${isGood ? 'same' : 'NOT THE SAME'}\t${name}\t${against}\tgreatest ${difference.greatest}\tbeyond ${share} %`,
  );
  if (!isGood) process.exitCode = 1;
  if (difference.greatest > 0) await write(`${name}.from-${against}`, differenceImage(one, other, masks));
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

async function compareScenes(): Promise<void> {
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
}

/** Waits for weston's picture, or for another one that stays, with a terminal in it. */
async function compareWeston(): Promise<void> {
  const stored = values.update ? null : await readImage(storedPath('weston'));
  let [last, since] = [null as Image | null, 0];
  const stays = (image: Image): boolean => {
    if (last === null || differenceOf(last, image, SAME_DRIVER, WESTON.masks).greatest > 0)
      [last, since] = [image, performance.now()];
    const count = new Set(new Uint32Array(image.pixels.buffer)).size;
    return count > TERMINAL_COLORS && performance.now() - since > SETTLE_MS;
  };
  const isStored = (image: Image): boolean =>
    stored !== null && isWithin(differenceOf(image, stored, OTHER_DRIVER, WESTON.masks), OTHER_DRIVER);
  const reached = await awaitGuestScreen(WESTON, (image) => isStored(image) || stays(image));
  await write('weston', reached);
  if (stored === null) await writeImage(storedPath('weston'), reached);
  else await compare('weston', 'stored', reached, stored, OTHER_DRIVER, WESTON.masks);
}

/** kmscube turns for ever: what it shows is held to the frame that it must be, which is drawn here. */
async function compareKmscube(): Promise<void> {
  using kmscube = new Kmscube(KMSCUBE);
  // Grey around, which nothing else is that a guest shows before, and not in the middle, as its first picture is.
  const isCube = ({ pixels }: Image): boolean => {
    const isGrey = (at: number): boolean =>
      pixels.subarray(at, at + 3).every((value) => value === 127 || value === 128);
    return isGrey(0) && !isGrey(4 * (KMSCUBE.width / 2) * (KMSCUBE.height + 1));
  };
  const shown = await awaitGuestScreen(KMSCUBE, isCube);
  const frame = kmscube.closest(shown, OTHER_DRIVER);
  await write('kmscube', shown);
  await compare('kmscube', `frame-${frame}`, shown, kmscube.frame(frame), SAME_DRIVER);
}

const WORK = { scenes: compareScenes, weston: compareWeston, kmscube: compareKmscube };
for (const name of values.only ?? (Object.keys(WORK) as (keyof typeof WORK)[])) {
  const work = WORK[name as keyof typeof WORK] as (() => Promise<void>) | undefined;
  if (work === undefined) throw new Error(`--only takes ${Object.keys(WORK).join(', ')}`);
  await work();
}
