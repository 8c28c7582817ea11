import type { Scene } from './scene.ts';
import { framebufferScenes } from './scenes-framebuffers.ts';
import { geometryScenes } from './scenes-geometry.ts';
import { textureScenes } from './scenes-textures.ts';

/** All scenes that a program draws. */
export const SCENES: readonly Scene[] = [...geometryScenes, ...textureScenes, ...framebufferScenes];
