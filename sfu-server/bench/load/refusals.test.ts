import { describe, expect, it } from 'vitest';
import { BenchError, codeOf, explain } from './refusals.ts';

/** As a refused request has it, and as a refused connection. */
const request = (code: string) => Object.assign(new Error(`${code}: no`), { code });
const connection = (code: string) => Object.assign(new Error('no'), { data: { code } });

describe('a refusal', () => {
  it('has the word of the wire, wherever it stands', () => {
    expect(codeOf(request('ROOM_FULL'))).toBe('ROOM_FULL');
    expect(codeOf(connection('RATE_LIMITED'))).toBe('RATE_LIMITED');
    expect(codeOf(new Error('else'))).toBeNull();
    expect(codeOf('else')).toBeNull();
  });

  it('names the setting that would let all in', () => {
    for (const error of [request('RATE_LIMITED'), connection('RATE_LIMITED')]) {
      const sentence = explain(error, 148, 300);
      expect(sentence).toContain('after 148 of 300');
      expect(sentence).toContain('VECHE_LIMITS_CONNECTION_BURST=600');
    }
    expect(explain(request('UNAVAILABLE'), 400, 1000)).toContain('VECHE_MEDIA_MAX_LOAD');
  });

  it('keeps the words of what is not foreseen', () => {
    expect(explain(new BenchError('There is no server.'), 0, 3)).toBe('There is no server.');
    expect(explain(new Error('the cable broke'), 2, 3)).toContain('the cable broke');
  });
});
