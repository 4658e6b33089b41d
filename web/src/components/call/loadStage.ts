/** The part of calls that is not needed before there is one, loaded once. */
import type CallStage from './CallStage.svelte';

interface StageModule {
  readonly default: typeof CallStage;
}

let stage: Promise<StageModule> | undefined;

export function loadStage(): Promise<StageModule> {
  stage ??= import('./CallStage.svelte').catch((error: unknown) => {
    // Asked for again with the next call.
    stage = undefined;
    throw error;
  });
  return stage;
}
