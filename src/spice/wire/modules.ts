/** All SPICE tables, in the order in which they build on each other. For the generator, documents and tests. */
import type { WireModule } from '../../wire/schema.ts';
import { agentModule } from './agent.table.ts';
import { commonModule } from './common.table.ts';
import { cursorModule } from './cursor.table.ts';
import { displayModule } from './display.table.ts';
import { imageModule } from './image.table.ts';
import { inputsModule } from './inputs.table.ts';
import { linkModule } from './link.table.ts';
import { mainModule } from './main.table.ts';
import { playbackModule } from './playback.table.ts';
import { portModule } from './port.table.ts';
import { recordModule } from './record.table.ts';
import { smartcardModule } from './smartcard.table.ts';
import { spicevmcModule } from './spicevmc.table.ts';
import { usbredirModule } from './usbredir.table.ts';
import { webdavModule } from './webdav.table.ts';

/** Every wire module of SPICE. */
export const spiceModules: readonly WireModule[] = [
  linkModule,
  commonModule,
  mainModule,
  imageModule,
  displayModule,
  inputsModule,
  cursorModule,
  playbackModule,
  recordModule,
  spicevmcModule,
  usbredirModule,
  portModule,
  webdavModule,
  smartcardModule,
  agentModule,
];
