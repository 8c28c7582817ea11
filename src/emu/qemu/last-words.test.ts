import { expect, test } from 'vitest';
import { LastWords } from './last-words.ts';

const saying = (text: string): LastWords => {
  const words = new LastWords();
  for (const byte of Buffer.from(text)) words.push(Uint8Array.of(byte));
  return words;
};

test('the program’s name and warnings are left out', () => {
  const text = 'qemu-system-x86_64: warning: host lacks x\nqemu-system-x86_64: -drive file=/none: Could not open\n';
  expect(String(saying(text))).toBe('-drive file=/none: Could not open');
});

test('warnings are better than nothing, and an unfinished line counts', () => {
  expect(String(saying('warning: a\nwarning: b'))).toBe('warning: a / warning: b');
});

test('control codes do not reach a terminal', () => {
  expect(String(saying('\u001b[31mred\u0007\n'))).toBe('[31mred');
});

test('endless output stays short', () => {
  const words = new LastWords();
  for (let i = 0; i < 1000; i++) words.push(new Uint8Array(10_000).fill(0x41 + (i % 26)));
  for (let i = 0; i < 1000; i++) words.push(Buffer.from(`\nline ${i}`));
  expect(String(words)).toBe('line 997 / line 998 / line 999');
});
