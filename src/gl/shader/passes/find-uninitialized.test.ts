import { describe, expect, test } from 'vitest';
import { lowerText } from '../test-device.ts';
import { findUninitialized } from './find-uninitialized.ts';

const HEAD = `COMP
PROPERTY CS_FIXED_BLOCK_WIDTH 1
PROPERTY CS_FIXED_BLOCK_HEIGHT 1
PROPERTY CS_FIXED_BLOCK_DEPTH 1
DCL ADDR[0]
DCL TEMP[0..3]
DCL TEMP[4..5], ARRAY(1)
DCL CONST[0]`;

function find(lines: string, tail = ''): { temps: number[]; arrays: number[] } {
  const { temps, arrays } = findUninitialized(lowerText(`${HEAD}\n${lines}\nEND\n${tail}`));
  return { temps: [...temps], arrays: [...arrays.keys()] };
}

const none = { temps: [], arrays: [] };

describe('temporaries read before they are written', () => {
  test('component by component', () => {
    expect(find('MOV TEMP[0].xy, CONST[0]\nMOV TEMP[1].x, TEMP[0].yyyy')).toEqual(none);
    expect(find('MOV TEMP[0].xy, CONST[0]\nMOV TEMP[1].x, TEMP[0].zzzz')).toEqual({ temps: [0], arrays: [] });
    expect(find('ADD TEMP[0].x, TEMP[0].xxxx, CONST[0].xxxx')).toEqual({ temps: [0], arrays: [] });
  });

  test('a branch counts if its other side writes too', () => {
    const branch = (otherwise: string): string =>
      `UIF CONST[0].xxxx\nMOV TEMP[0], CONST[0]\nELSE\n${otherwise}\nENDIF\nMOV TEMP[1], TEMP[0]`;
    expect(find(branch('MOV TEMP[0], CONST[0]'))).toEqual(none);
    expect(find(branch('MOV TEMP[0].xyz, CONST[0]'))).toEqual({ temps: [0], arrays: [] });
    expect(find(branch('NOP'))).toEqual({ temps: [0], arrays: [] });
  });

  test('what a loop writes is known inside of it only', () => {
    expect(find('BGNLOOP\nMOV TEMP[0], CONST[0]\nMOV TEMP[1], TEMP[0]\nBRK\nENDLOOP')).toEqual(none);
    expect(
      find('BGNLOOP\nUIF CONST[0].xxxx\nBRK\nENDIF\nMOV TEMP[0], CONST[0]\nENDLOOP\nMOV TEMP[1], TEMP[0]'),
    ).toEqual({ temps: [0], arrays: [] });
  });

  test('an array is written when all its elements are', () => {
    const read = 'UARL ADDR[0].x, CONST[0].xxxx\nMOV TEMP[0], TEMP[ADDR[0].x+4](1)';
    expect(find(`MOV TEMP[4], CONST[0]\nMOV TEMP[5], CONST[0]\n${read}\n${read}`)).toEqual(none);
    expect(find(`MOV TEMP[4], CONST[0]\n${read}`)).toEqual({ temps: [], arrays: [4] });
    expect(find(`MOV TEMP[4], CONST[0]\nMOV TEMP[0], TEMP[4]\n${read}`)).toEqual({ temps: [], arrays: [4] });
    expect(find('UARL ADDR[0].x, CONST[0].xxxx\nMOV TEMP[ADDR[0].x+4](1), CONST[0]\nMOV TEMP[0], TEMP[5]')).toEqual({
      temps: [],
      arrays: [4],
    });
  });

  test('of an array the components that are read', () => {
    const text = 'UARL ADDR[0].x, CONST[0].xxxx\nMOV TEMP[0].x, TEMP[ADDR[0].x+4](1).yyyy\nMOV TEMP[0].x, TEMP[5].wwww';
    expect([...findUninitialized(lowerText(`${HEAD}\n${text}\nEND\n`)).arrays]).toEqual([[4, 0b1010]]);
  });

  test('a subroutine is taken to find nothing written', () => {
    const tail = 'BGNSUB\nMOV TEMP[1], TEMP[0]\nENDSUB\n';
    expect(find('MOV TEMP[0], CONST[0]\nCAL :3', tail).temps).toEqual([0]);
  });
});
