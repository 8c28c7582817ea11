import { describe, expect, it } from 'vitest';
import { UsageError } from '../base/errors.ts';
import { COMMANDS, parseCommandLine } from './command-line.ts';

const command = (...argv: string[]) => {
  const parsed = parseCommandLine(argv, '1.2.3');
  if (parsed.kind !== 'command') throw new Error('expected a command');
  return parsed.line;
};
const print = (...argv: string[]): string => {
  const parsed = parseCommandLine(argv, '1.2.3');
  if (parsed.kind !== 'print') throw new Error('expected text');
  return parsed.text;
};

describe('command line', () => {
  it('takes options, repeated ones in order, and the words after --', () => {
    const line = command('run', '--drive', 'a', '--drive=b', '--memory', '4G', '--', '-device', 'x');
    expect(line.texts('drive')).toEqual(['a', 'b']);
    expect(line.text('memory')).toBe('4G');
    expect(line.text('cpus')).toBe('1');
    expect(line.rest).toEqual(['-device', 'x']);
    expect(line.has('json')).toBe(false);
  });

  it.each([
    [['runn'], 'There is no command "runn"'],
    [['run', '--memmory', '1G'], 'Did you mean --memory?'],
    [['run', '--memory'], '--memory wants a value: --memory SIZE.'],
    [['run', '--memory', '4'], '--memory 4 does not do: it wants a number with M or G'],
    [['run', '--json=yes'], '--json takes no value.'],
    [['run', '--accel', 'hax'], 'one of kvm, tcg, auto'],
    [['run', '--size', '0x0'], 'width and height in pixels'],
    [['run', 'disk.img'], 'has no use for "disk.img"'],
    [['guest'], 'wants build|list'],
    [['doctor', '--', 'x'], 'takes nothing after "--"'],
    [['run', '--name', '../x'], 'letters, digits, dots and dashes'],
  ])('refuses %j in one sentence', (argv, sentence) => {
    expect(() => command(...argv)).toThrow(UsageError);
    expect(() => command(...argv)).toThrow(sentence);
  });

  it('teaches every option of every command', () => {
    for (const [name, row] of Object.entries(COMMANDS)) {
      const help = print(name, '--help');
      for (const option of Object.keys(row.options)) expect(help).toContain(`--${option}`);
      expect(help.split('\n').every((line) => line.length <= 110)).toBe(true);
      expect(print()).toContain(row.summary);
      expect(print('help', name)).toBe(help);
    }
  });

  it('tells its version', () => {
    expect(print('--version')).toBe('saffron 1.2.3\n');
  });
});
