/** How the web client is served in development and built. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Where a Veche server listens unless told otherwise. */
const veche = 'http://localhost:3000';

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
  },
});
