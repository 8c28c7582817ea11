/** Scenes through `saffron gpu`, by the side of the same driver without it, and of pictures that were looked at. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRenderer, WITHOUT_OPENGL, type RendererName } from '../conformance/renderers.ts';
import { differenceOf, isWithin, OTHER_DRIVER, SAME_DRIVER, type Image, type Tolerance } from './compare.ts';
import { drawScenes, readImage, storedPath, type ScenePicture } from './pictures.ts';
import { SCENES } from './scenes.ts';

type Drawn = ReadonlyMap<string, ScenePicture | string>;

async function drawThrough(name: RendererName, device: Readonly<Record<string, string>> = {}): Promise<Drawn> {
  await using renderer = await startRenderer(name, null, device);
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

let alone: Drawn;

beforeAll(async () => {
  alone = await drawThrough('llvmpipe');
});

describe('scenes through saffron gpu', () => {
  let ours: Drawn;

  beforeAll(async () => {
    ours = await drawThrough('saffron');
  });

  test('are drawn by the driver that was asked for', () => {
    const renderers = (drawn: Drawn): string[] =>
      [...drawn.values()].map((picture) => (typeof picture === 'string' ? picture : picture.renderer));
    expect([...ours.keys()].sort()).toEqual(SCENES.map(({ name }) => name).sort());
    for (const renderer of renderers(ours)) expect(renderer).toMatch(/^virgl/);
    for (const renderer of renderers(alone)) expect(renderer).toMatch(/^llvmpipe/);
  });

  test.each(SCENES)('$name is as the same driver draws it alone', ({ name }) => {
    expectAlike(pictureOf(ours, name), pictureOf(alone, name), SAME_DRIVER);
  });

  test.each(SCENES)('$name is as the stored picture', async ({ name }) => {
    expectAlike(pictureOf(ours, name), await readImage(storedPath(name)), OTHER_DRIVER);
  });
});

describe('scenes through saffron gpu on a device without OpenGL', () => {
  let ours: Drawn;

  beforeAll(async () => {
    ours = await drawThrough('saffron', WITHOUT_OPENGL);
  });

  test.each(SCENES.filter(({ flavour }) => flavour !== 'gl'))('$name is as ever', ({ name }) => {
    expectAlike(pictureOf(ours, name), pictureOf(alone, name), SAME_DRIVER);
  });

  test.each(SCENES.filter(({ flavour }) => flavour === 'gl'))(
    '$name is refused, not drawn in another way',
    ({ name }) => {
      expect(ours.get(name)).toMatch(/GLSL 4\.30 is not supported/);
    },
  );
});
