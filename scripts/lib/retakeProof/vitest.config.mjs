// A run within a test: what is taken again, and what is not.
import { defineConfig } from 'vitest/config';
import { ROOT } from '../paths.mjs';
import { RETAKE } from '../retaken.mjs';

export default defineConfig({
  root: ROOT,
  test: {
    cache: false,
    include: ['scripts/lib/retakeProof/missing.mjs'],
    setupFiles: ['scripts/lib/retakeProof/setup.mjs'],
    retry: RETAKE,
  },
});
