/**
 * How V8 keeps the server's heap, on the command line of every server that is started. By itself V8
 * lets garbage grow to several times what is in use, as if the machine were its own, and leaves pages
 * half empty after a crowd has come in. With these garbage grows to as much as what is in use, what
 * is new takes up to 24 MB, and collections close up half-empty pages. A crowd of 100 gets in about a
 * third later for it. What it comes to: `npm run bench -- memory`, `npm run faults -- soak`.
 */
export const HEAP_FLAGS = [
  '--heap-growing-percent=100',
  '--max-semi-space-size=8',
  '--optimize-for-size',
];
