import prettier from 'eslint-config-prettier/flat';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import svelteConfig from './web/svelte.config.js';

/**
 * Files may not import from these folders: the arrows of the architecture.
 * @param {string[]} files
 * @param {string[]} folders
 * @returns {import('typescript-eslint').ConfigWithExtends}
 */
const mayNotImport = (files, ...folders) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: folders.map((folder) => ({
          group: [`**/${folder}/**`, `**/${folder}.ts`],
          message: `This folder may not import ${folder}: see the architecture in README.md.`,
        })),
      },
    ],
  },
});

const outer = ['media', 'signalling', 'http', 'storage', 'identity'];
const composition = ['server', 'main', 'system'];
/** @param {string} name */
const ring = (name) =>
  mayNotImport(
    [`sfu-server/src/${name}/**`],
    ...outer.filter((other) => other !== name),
    ...composition,
  );

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'artifacts/**', 'data/**'] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A body that only waits is clear; so is an interface of functions.
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: tseslint.parser, svelteConfig },
    },
    rules: { 'svelte/no-at-html-tags': 'error' },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: globals.node },
    extends: [tseslint.configs.disableTypeChecked],
  },
  { files: ['web/**'], languageOptions: { globals: globals.browser } },

  // Server: domain ← app ← { media, signalling, http, storage, identity } ← server ← main.
  mayNotImport(['sfu-server/src/domain/**'], 'app', 'config', ...outer, ...composition),
  mayNotImport(['sfu-server/src/app/**'], 'config', ...outer, ...composition),
  ...outer.map(ring),
  // Client: session ← state ← components; the session knows no platform.
  mayNotImport(['web/src/session/**'], 'state', 'components', 'platform', 'i18n'),
  mayNotImport(['web/src/platform/**'], 'state', 'components', 'i18n'),
  mayNotImport(['web/src/state/**'], 'components'),
  mayNotImport(['protocol/**'], 'sfu-server', 'web'),
  prettier,
);
