/** All SPICE tables, in the order in which they build on each other. For the generator, documents and tests. */
import type { WireModule } from '../../wire/schema.ts';
import { commonModule } from './common.table.ts';
import { cursorModule } from './cursor.table.ts';
import { displayModule } from './display.table.ts';
import { imageModule } from './image.table.ts';
import { inputsModule } from './inputs.table.ts';
import { linkModule } from './link.table.ts';
import { mainModule } from './main.table.ts';

/** Every wire module of SPICE. */
export const spiceModules: readonly WireModule[] = [
  linkModule,
  commonModule,
  mainModule,
  imageModule,
  displayModule,
  inputsModule,
  cursorModule,
];
