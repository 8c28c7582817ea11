/**
 * `node draw-scenes.ts FOLDER`: a program that draws every scene without a window, through whatever OpenGL its environment
 * leads it to, and writes each as `NAME.rgba`. Prints a line of JSON for each: what drew it, or why it could not be drawn.
 */
// First: it must come before any native library.
import '../../src/gl/egl/native-stack.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { HostError, messageOf } from '../../src/base/errors.ts';
import { GlDisplay } from '../../src/gl/egl/display.ts';
import * as GL from '../../src/gl/egl/gl-constants.ts';
import { Painter } from './painter.ts';
import type { Scene } from './scene.ts';
import { SCENES } from './scenes.ts';

/** A line of the output. */
export interface DrawnScene {
  readonly name: string;
  /** What drew it, as OpenGL says it; null: it could not be drawn. */
  readonly renderer: string | null;
  readonly reason?: string;
}

const [, , folder = '.'] = process.argv;

function say(scene: DrawnScene): void {
  console.log(JSON.stringify(scene));
}

function drawOn(display: GlDisplay, scene: Scene): void {
  const { name } = scene;
  using context = display.createContext();
  context.makeCurrent();
  try {
    const painter = new Painter(context.gl);
    scene.draw(painter);
    writeFileSync(join(folder, `${name}.rgba`), painter.picture());
    say({ name, renderer: context.gl.getString(GL.RENDERER) });
  } catch (error) {
    say({ name, renderer: null, reason: messageOf(error) });
  }
}

for (const flavour of ['es', 'gl'] as const) {
  const scenes = SCENES.filter((scene) => (scene.flavour ?? 'es') === flavour);
  try {
    using display = GlDisplay.open({ renderNode: 'software', flavour });
    for (const scene of scenes) drawOn(display, scene);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    for (const { name } of scenes) say({ name, renderer: null, reason: error.message });
  }
}
