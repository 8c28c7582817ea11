/** For tests: the smallest programs that show something on a bare machine. */

import { lightPixels, type TestPicture } from './test-screen.ts';

/** Light pixels of the first row of `echoDisk`: 80 blocks of 9 × 16. */
const ECHO_ROW_PIXELS = 80 * 9 * 16;
/** The cursor is two lines of a cell, and less than a letter. */
const CURSOR_AT_MOST = 24;

/** Whether `echoDisk` has drawn its row, all that the firmware wrote is gone, and nothing was typed. */
export function showsEchoRow(picture: TestPicture): boolean {
  const light = lightPixels(picture);
  return light >= ECHO_ROW_PIXELS && light <= ECHO_ROW_PIXELS + CURSOR_AT_MOST;
}

/**
 * A PC's disk whose boot sector clears the text screen, fills its first row, shows below what is typed, and powers off
 * when the power button is pressed. Q35's power management, as SeaBIOS leaves it: 0x600 status (bit 8 power button),
 * 0x602 enable, 0x604 control.
 */
export function echoDisk(): Uint8Array {
  const code = [
    '31c0 8ed8', //           xor ax, ax; mov ds, ax
    'b80300 cd10', //         an empty text screen
    'b95000', //              80 times
    'b8db0e bb0700 cd10', //  a light block
    'e2f6', //                loop
    'ba0206 b80001 ef', //    out 0x602, 0x100: a press of the button shall show
    'ba0006 ed', //      again: in ax, 0x600
    'f6c401 7513', //         test ah, 1; jnz off
    'b401 cd16 74f1', //      is there a key? jz again
    'b400 cd16', //           take it
    'b40e bb0700 cd10', //    show it
    'ebe4', //                jmp again
    'ba0406 b80020 ef', // off: out 0x604, 0x2000: soft off
    'f4', //                  hlt
  ];
  // The firmware reads no disk smaller than a cylinder.
  const disk = Buffer.alloc(1 << 21);
  Buffer.from(code.join('').replaceAll(' ', ''), 'hex').copy(disk);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** A Raspberry Pi 2 program: 320 × 200, the upper half 0xff8000, the lower half 0x0040ff. */
export function twoColourPi(): Uint8Array {
  const program = [
    'ee100fb0 e2100003 1afffffe', // mrc r0 ← processor number; ands r0, 3; the others wait here
    'e28f406c e30b5880 e3435f00', // r4 ← message; r5 ← mailbox at 0x3f00b880
    'e5951038 e3110102 1afffffc', // wait while it is full
    'e3841008 e5851020', //          send the message to channel 8
    'e5951018 e3110101 1afffffc', // wait while the answer is not there
    'e5951000 e594005c e3c00103', // take it; r0 ← address of the picture, without the bus's bits
    'e3082000 e34020ff e3a03c7d', // r2 ← 0xff8000; r3 ← 32000 pixels
    'e4802004 e2533001 1afffffc', // draw
    'e30420ff e3a03c7d', //          r2 ← 0x40ff; r3 ← 32000
    'e4802004 e2533001 1afffffc', // draw
    'e320f003 eafffffd', //          sleep for ever
    'e320f000 e320f000', //          (the message lies on a multiple of 16)
    '70 0', //                       the message: 112 bytes, a request
    '48003 8 0 140 c8', //           physical size 320 × 200
    '48004 8 0 140 c8', //           virtual size likewise
    '48005 4 0 20 48006 4 0 0', //   32 bits a pixel, blue first
    '40001 8 0 10 0 0', //           a picture, please; end
  ];
  const words = program.join(' ').split(' ');
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32LE(Number.parseInt(word, 16), index * 4));
  return bytes;
}
