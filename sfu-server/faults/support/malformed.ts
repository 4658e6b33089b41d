/**
 * Hostile messages made from the tables of the protocol: payloads that are almost right, then broken
 * at a random place. The same seed makes the same messages.
 */
import { requests } from '@veche/protocol';
import type { RequestName } from '@veche/protocol';
import * as z from 'zod';
import { randomFrom } from '../../test/support/randomFrom.ts';

const names = Object.keys(requests) as RequestName[];

/** The part of JSON Schema that the tables come to. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
}

const schemaOf = (name: RequestName): Schema =>
  z.toJSONSchema(requests[name].payload, { io: 'input', unrepresentable: 'any' }) as Schema;

/** Values that match the patterns of the protocol, more or less. */
const PATTERNED = ['audio/opus', 'video/VP8', Array(32).fill('AB').join(':'), 'sha-256', 'host'];
const LONG = 'x'.repeat(60_000);
const TOO_LONG = 'x'.repeat(70_000);

const deep = (levels: number): unknown => (levels === 0 ? 1 : { deeper: deep(levels - 1) });

const HOSTILE: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 1e308,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => 0.5,
  () => '',
  () => LONG,
  () => '\u0000\u202e\uD800',
  () => '__proto__',
  () => 'constructor',
  () => '../../etc/passwd',
  () => "' OR 1=1 --",
  () => [],
  () => ({}),
  () => deep(30),
  () => Array.from({ length: 5000 }, () => 0),
  () => JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
  () => JSON.parse('{"constructor":{"prototype":{"polluted":true}}}') as unknown,
  () => ({ toString: 1, valueOf: 2, toJSON: 3 }),
  () => Buffer.from('binary'),
];

interface Message {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Whether an answer is asked for. */
  readonly withAck: boolean;
}

interface Fuzz {
  next(): Message;
}

/** @param ids that others have, to be tried on them */
export const malformed = (seed: number, ids: readonly string[]): Fuzz => {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[Math.floor(random() * from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  };
  const anId = (): string => (random() < 0.7 ? pick(ids) : `nothing-${Math.floor(random() * 1e9)}`);

  const valid = (schema: Schema, field = ''): unknown => {
    if (schema.anyOf) return valid(pick(schema.anyOf), field);
    if (schema.enum) return pick(schema.enum);
    if (schema.const !== undefined) return schema.const;
    switch (schema.type) {
      case 'string':
        if (/Ids?$|^to$/.test(field)) return anId();
        return schema.pattern === undefined ? `text ${random()}` : pick(PATTERNED);
      case 'integer':
      case 'number': {
        const { minimum = 0, maximum = 1e6 } = schema;
        return Math.floor(minimum + random() * Math.min(maximum - minimum, 1e6));
      }
      case 'boolean':
        return random() < 0.5;
      case 'array': {
        const length = (schema.minItems ?? 0) + Math.floor(random() * 3);
        return Array.from({ length }, () => valid(schema.items ?? {}, field));
      }
      case undefined:
      default:
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(([key]) => schema.required?.includes(key) === true || random() < 0.5)
            .map(([key, inner]) => [key, valid(inner, key)]),
        );
    }
  };

  /** The same with one thing at a random depth replaced, missing or added. */
  const broken = (value: unknown): unknown => {
    if (Array.isArray(value) && value.length > 0 && random() < 0.7) {
      const at = Math.floor(random() * value.length);
      return value.map((item: unknown, index) => (index === at ? broken(item) : item));
    }
    if (typeof value === 'object' && value !== null && random() < 0.8) {
      const entries = Object.entries(value);
      const kind = random();
      const at = Math.floor(random() * entries.length);
      if (kind < 0.15) return Object.fromEntries(entries.filter((_, index) => index !== at));
      if (kind < 0.25) return { ...value, surplus: pick(HOSTILE)() };
      return Object.fromEntries(
        entries.map(([key, inner], index) => [key, index === at ? broken(inner) : inner]),
      );
    }
    return pick(HOSTILE)();
  };

  const schemas = new Map(names.map((name) => [name, schemaOf(name)]));
  return {
    next: () => {
      const name = pick(names);
      const payload = valid(schemas.get(name) ?? {});
      const withAck = random() < 0.7;
      const kind = random();
      if (kind < 0.03)
        return { name: pick(['nothing', '__proto__', 'toString', '']), args: [payload], withAck };
      if (kind < 0.06) return { name, args: [], withAck };
      if (kind < 0.09) return { name, args: [payload, payload, 1], withAck };
      if (kind < 0.092) return { name, args: [TOO_LONG], withAck };
      // Right but for whose ids they are.
      if (kind < 0.2) return { name, args: [payload], withAck };
      return { name, args: [broken(payload)], withAck };
    },
  };
};
