import { expect, it } from 'vitest';
import { faultOf } from './shape.ts';

const nested = (levels: number): unknown => (levels === 0 ? 1 : { in: nested(levels - 1) });

it('says where in a payload the fault is', () => {
  expect(faultOf(nested(8))).toBeNull();
  expect(faultOf(nested(9))).toBe('payload.in.in.in.in.in.in.in.in: deeper than 8 levels');
  expect(faultOf(JSON.parse('{"a":[1,{"b":{"__proto__":1}}]}'))).toBe(
    'payload.a.1.b: has a forbidden key',
  );
  expect(faultOf({ ['k'.repeat(100)]: { constructor: 1 } })).toBe(
    `payload.${'k'.repeat(64)}: has a forbidden key`,
  );
  expect(faultOf({ bytes: Buffer.from('constructor') })).toBeNull();
  for (const harmless of [null, 'text', 1, undefined, [], {}]) expect(faultOf(harmless)).toBeNull();
});

it('looks through payloads as large as a message may be in less than a millisecond', () => {
  const wide = JSON.stringify(
    Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`k${index}`, 1])),
  );
  const long = JSON.stringify({ list: Array.from({ length: 32_000 }, () => 1) });
  for (const text of [wide, long]) {
    const took = Array.from({ length: 50 }, () => {
      const payload: unknown = JSON.parse(text);
      const startedAt = performance.now();
      expect(faultOf(payload)).toBeNull();
      return performance.now() - startedAt;
    });
    // The quickest: other work on the machine only makes it slower.
    expect(Math.min(...took)).toBeLessThan(1);
  }
});
