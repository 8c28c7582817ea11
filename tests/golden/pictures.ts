/** The stored pictures, and the scenes as a renderer draws them now. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import sharp from 'sharp';
import { RunningProgram } from '../clients/running-program.ts';
import type { Image } from './compare.ts';
import type { DrawnScene } from './draw-scenes.ts';
import { SIDE } from './painter.ts';

const PROGRAM = join(import.meta.dirname, 'draw-scenes.ts');

/** A scene, drawn. */
export interface ScenePicture {
  readonly renderer: string;
  readonly image: Image;
}

/** Where a stored picture lies. */
export function storedPath(name: string): string {
  return join(import.meta.dirname, 'pictures', `${name}.png`);
}

/** A picture from a file. */
export async function readImage(path: string): Promise<Image> {
  const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

/** Writes a picture as PNG, without its alpha. */
export async function writeImage(path: string, { width, height, pixels }: Image): Promise<void> {
  await sharp(pixels, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .png({ compressionLevel: 9, palette: false })
    .toFile(path);
}

/**
 * All scenes as a program draws them in this environment, which writes them into a folder; a string tells why one could not
 * be drawn. Throws an Error when the program itself fails.
 */
export async function drawScenes(
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<ReadonlyMap<string, ScenePicture | string>> {
  const lines: DrawnScene[] = [];
  const program = new RunningProgram(process.execPath, [PROGRAM, folder], {
    env,
    onLine: (line) => lines.push(JSON.parse(line) as DrawnScene),
  });
  const { status } = await program.ended;
  if (status !== 0) throw program.failure('the scenes could not be drawn');
  const drawn = new Map<string, ScenePicture | string>();
  for (const { name, renderer, reason } of lines) {
    const pixels = renderer === null ? null : await readFile(join(folder, `${name}.rgba`));
    if (renderer === null || pixels === null) drawn.set(name, reason ?? 'no reason was given');
    else drawn.set(name, { renderer, image: { width: SIDE, height: SIDE, pixels } });
  }
  return drawn;
}
