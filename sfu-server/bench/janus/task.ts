/** What the benchmark tells its part in the network of its own, and what it hears from there. */
import * as z from 'zod';
import type { Turn } from '../load/measure.ts';

export const Task = z.object({
  program: z.object({
    path: z.string(),
    libraries: z.string(),
    plugins: z.string(),
    transports: z.string(),
    version: z.string(),
  }),
  listeners: z.number(),
  speakers: z.number(),
  pairs: z.number(),
  seconds: z.number(),
});
export type Task = z.output<typeof Task>;

export type Side = 'veche' | 'janus';

export type FromInside =
  | { readonly progress: string }
  /** The SRTP suite of every connection, and whether servers and load have cores of their own. */
  | { readonly suite: string; readonly pinned: boolean }
  | { readonly side: Side; readonly turn: Turn }
  /** How many turns were taken again. */
  | { readonly repeated: number }
  /** Why there are no figures, in a sentence. */
  | { readonly failed: string };
