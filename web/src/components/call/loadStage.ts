/** The part of calls that is not needed before there is one, loaded once. */

let stage: Promise<typeof import('./CallStage.svelte')> | undefined;

export function loadStage(): Promise<typeof import('./CallStage.svelte')> {
  stage ??= import('./CallStage.svelte').catch((error: unknown) => {
    // Asked for again with the next call.
    stage = undefined;
    throw error;
  });
  return stage;
}
