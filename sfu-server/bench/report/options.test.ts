import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const SPEC = {
  scenario: 'noise',
  about: 'How loud it is.',
  minutes: 3,
  options: {
    seconds: { default: 15, about: 'measured each time' },
    url: { default: '', about: 'where' },
  },
} as const;

describe('the command line of a benchmark', () => {
  it('has a value for every option, given or not', () => {
    expect(parseOptions(SPEC, ['--seconds', '2.5', '--json'])).toEqual({
      kind: 'run',
      options: { json: true, save: false },
      values: { seconds: 2.5, url: '' },
    });
    expect(parseOptions(SPEC, ['--url=http://x', '--save'])).toMatchObject({
      options: { json: false, save: true },
      values: { seconds: 15, url: 'http://x' },
    });
  });

  it('is refused with a sentence and the usage', () => {
    for (const args of [
      ['--seconds', 'many'],
      ['--seconds', '0'],
      ['--seconds', ''],
    ]) {
      const parsed = parseOptions(SPEC, args);
      expect(parsed).toMatchObject({ kind: 'wrong' });
      expect(parsed).toHaveProperty('text', expect.stringContaining('--seconds takes a number'));
      expect(parsed).toHaveProperty('text', expect.stringContaining('npm run bench -- noise'));
    }
    expect(parseOptions(SPEC, ['--loud'])).toHaveProperty('kind', 'wrong');
    expect(parseOptions(SPEC, ['louder'])).toHaveProperty('kind', 'wrong');
  });

  it('explains itself', () => {
    const parsed = parseOptions(SPEC, ['--help']);
    expect(parsed).toHaveProperty('text', expect.stringContaining('How loud it is.'));
    expect(parsed).toHaveProperty('text', expect.stringContaining('measured each time (15)'));
    expect(parsed).toHaveProperty('text', expect.stringContaining('--json'));
    expect(parsed).toHaveProperty('text', expect.stringContaining('about 3 min'));
  });
});
