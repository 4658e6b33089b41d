/** What people type, whatever it is: refused, or safe to show beside what others typed. */
import { ChatText, PersonName, Reason, RoomName } from '@veche/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const lines = { PersonName, RoomName, Reason };
/** Shows nothing, moves what is around it, or is half of something. */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0\u2800]|(?![\u200C\u200D])\p{Cf}/u;
const UNSAFE_IN_MESSAGE =
  /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}]|[\u200B\u200E\u200F\u061C\u2060\u202A-\u202E\u2066-\u2069\uFEFF]/u;

/** Spread by code points on purpose: each of them by itself. */
const oddOnes = Array.from(
  '\u0000\u0007\u001b\u007f\u0085\u00ad\u0301\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f' +
    '\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u2800\u3164\ufeff\uffa0\ufff9' +
    '<>&"\'` \t\n\r',
);
/** Texts of all of Unicode, with many of the characters that matter here. */
const odd = fc.constantFrom(...oddOnes, '\ud800', '\udfff', '\u{e0041}', '\u{e007f}', '\u{f0000}');
const text = fc
  .array(
    fc.oneof(
      odd,
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

describe.each(Object.entries(lines))('%s', (_name, schema) => {
  it('is refused, or NFC, trimmed and of characters that are seen', () => {
    fc.assert(
      fc.property(text, (typed) => {
        const parsed = schema.safeParse(typed);
        if (!parsed.success) return;
        const line = parsed.data;
        expect(line).toBe(line.normalize('NFC').trim());
        expect(line).not.toBe('');
        expect(line).not.toMatch(UNSAFE);
        // Once through is enough: what was taken is taken again as it is.
        expect(schema.parse(line)).toBe(line);
      }),
      { numRuns: 1000 },
    );
  });
});

it('messages are refused, or NFC, trimmed, and hold nothing that hides or turns text', () => {
  fc.assert(
    fc.property(text, (typed) => {
      const parsed = ChatText.safeParse(typed);
      if (!parsed.success) return;
      expect(parsed.data).toBe(parsed.data.normalize('NFC').trim());
      expect(parsed.data).not.toMatch(UNSAFE_IN_MESSAGE);
      expect(parsed.data.isWellFormed()).toBe(true);
      expect(ChatText.parse(parsed.data)).toBe(parsed.data);
    }),
    { numRuns: 1000 },
  );
});

describe('a name', () => {
  it.each([
    'Ana',
    'Ана Ёлкина',
    "O'Neill-Šimůnek",
    '张伟',
    'محمد',
    'می‌خواهم',
    'क्‍ष',
    'Nguyễn',
    '👩‍👩‍👧',
    '<b>Ana</b>',
    '42',
  ])('may be %s', (name) => {
    expect(PersonName.parse(` ${name} `)).toBe(name.normalize('NFC'));
  });

  it.each([
    ['nothing that is seen', '\u200b\u2060'],
    ['a blank letter', '\u3164'],
    ['a zero-width space inside', 'An\u200ba'],
    ['a joiner inside', 'An\u200da'],
    ['a joiner at the end', 'Ana\u200d'],
    ['a turned part', 'Ana\u202egnp.exe'],
    ['a bell', 'Ana\u0007'],
    ['two lines', 'Ana\nBo'],
    ['a tower of marks', `A${'\u0301\u0316'.repeat(10)}na`],
    ['half of a pair', 'Ana\ud83d'],
  ])('may not be %s', (_what, name) => {
    expect(PersonName.safeParse(name).success).toBe(false);
  });
});

it('a message keeps its lines, and loses what is not seen', () => {
  expect(ChatText.parse(' one\n\ttwo\u200b\ufeff\u00ad three\ud83d ')).toBe(
    'one\n\ttwo three\ufffd',
  );
  expect(ChatText.safeParse('\u200b\u200b').success).toBe(false);
  expect(ChatText.safeParse('a\u202eb').success).toBe(false);
});
