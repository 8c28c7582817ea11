/** Scenes through `saffron gpu`, by the side of the same driver without it, and of pictures that were looked at. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRenderer, type RendererName } from '../conformance/renderers.ts';
import { differenceOf, isWithin, OTHER_DRIVER, SAME_DRIVER, type Image, type Tolerance } from './compare.ts';
import { drawScenes, readImage, storedPath, type ScenePicture } from './pictures.ts';
import { SCENES } from './scenes.ts';

type Drawn = ReadonlyMap<string, ScenePicture | string>;

async function drawThrough(name: RendererName): Promise<Drawn> {
  await using renderer = await startRenderer(name);
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  try {
    return await drawScenes(renderer.env, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function pictureOf(drawn: Drawn, name: string): Image {
  const picture = drawn.get(name);
  if (picture === undefined || typeof picture === 'string') throw new Error(`${name} was not drawn: ${picture}`);
  return picture.image;
}

function expectAlike(one: Image, other: Image, tolerance: Tolerance): void {
  const difference = differenceOf(one, other, tolerance);
  expect(
    isWithin(difference, tolerance),
    `npm run test:golden -- --out FOLDER shows: ${JSON.stringify(difference)}`,
  ).toBe(true);
}

const names = SCENES.map(({ name }) => name);

describe('scenes through saffron gpu', () => {
  let ours: Drawn;
  let theirs: Drawn;

  beforeAll(async () => {
    [ours, theirs] = await Promise.all([drawThrough('saffron'), drawThrough('llvmpipe')]);
  });

  test('are drawn by the driver that was asked for', () => {
    const renderers = (drawn: Drawn): string[] =>
      [...drawn.values()].map((picture) => (typeof picture === 'string' ? picture : picture.renderer));
    expect([...ours.keys()].sort()).toEqual([...names].sort());
    for (const renderer of renderers(ours)) expect(renderer).toMatch(/^virgl/);
    for (const renderer of renderers(theirs)) expect(renderer).toMatch(/^llvmpipe/);
  });

  test.each(names)('%s is as the same driver draws it alone', (name) => {
    expectAlike(pictureOf(ours, name), pictureOf(theirs, name), SAME_DRIVER);
  });

  test.each(names)('%s is as the stored picture', async (name) => {
    expectAlike(pictureOf(ours, name), await readImage(storedPath(name)), OTHER_DRIVER);
  });
});
