import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFiles, hashText, isStamped, stamp } from './hash.mjs';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'veche-hash-'));
  mkdirSync(join(root, 'src', 'deep'), { recursive: true });
  writeFileSync(join(root, 'src', 'a.ts'), 'a');
  writeFileSync(join(root, 'src', 'deep', 'b.ts'), 'b');
});

afterEach(() => rmSync(root, { recursive: true }));

describe('the hash of files', () => {
  const hash = () => hashFiles(root, ['src', 'index.html'], (path) => !path.endsWith('.test.ts'));

  it('stays while nothing changes', () => {
    expect(hash()).toBe(hash());
  });

  it('changes with a content, a name, and a file that comes into being', () => {
    const seen = new Set([hash()]);
    writeFileSync(join(root, 'src', 'deep', 'b.ts'), 'c');
    seen.add(hash());
    writeFileSync(join(root, 'src', 'c.ts'), '');
    seen.add(hash());
    writeFileSync(join(root, 'index.html'), '');
    seen.add(hash());
    expect(seen.size).toBe(4);
  });

  it('does not care for what is no source', () => {
    const before = hash();
    writeFileSync(join(root, 'src', 'a.test.ts'), 'test');
    mkdirSync(join(root, 'src', 'node_modules'));
    writeFileSync(join(root, 'src', 'node_modules', 'c.ts'), 'c');
    expect(hash()).toBe(before);
  });

  it('tells where one part ends and the next begins', () => {
    expect(hashText('ab', 'c')).not.toBe(hashText('a', 'bc'));
  });
});

describe('a stamp', () => {
  it('holds for the hash it was made with', () => {
    const file = join(root, 'made', '.stamp');
    expect(isStamped(file, 'one')).toBe(false);
    stamp(file, 'one');
    expect(isStamped(file, 'one')).toBe(true);
    expect(isStamped(file, 'two')).toBe(false);
  });
});
