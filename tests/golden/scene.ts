import type { GlFlavour } from '../../src/gl/egl/gl-loader.ts';
import type { Painter } from './painter.ts';

/** A picture that a program draws, the same each time. */
export interface Scene {
  readonly name: string;
  /** What it is about, for whoever looks at the picture. */
  readonly shows: string;
  /** The kind of OpenGL it is written for; `es` if left out. */
  readonly flavour?: GlFlavour;
  /** Draws into the picture, which is bound and black. */
  draw(painter: Painter): void;
}
