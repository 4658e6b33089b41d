/** How the web client is served in development and built. */
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Rolldown } from 'vite';

/** Where a Veche server listens unless told otherwise. */
const veche = 'http://localhost:3000';

/** What a module loads at once, and so on; by its id. */
function loadedWith(entry: string, graph: Rolldown.ChunkingContext): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const id of found) {
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  }
  return found;
}

/** The first screen comes in one file: else all that its later parts share would be cut out of it. */
const firstScreen: Rolldown.CodeSplittingGroup = {
  debugName: 'first screen',
  name: (moduleId, graph) =>
    loadedWith(join(import.meta.dirname, 'index.html'), graph).has(moduleId) ? 'first' : null,
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte()],
  server: {
    proxy: {
      '/api': veche,
      '/socket.io': { target: veche, ws: true },
    },
  },
  build: {
    // The first of each to know `light-dark()`, which the themes are made of.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    manifest: true,
    // The page is served with a policy that allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [firstScreen] } } },
  },
});
