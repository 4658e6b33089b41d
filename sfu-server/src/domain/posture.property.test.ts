/** Steps of a room of any size, with any options: nothing goes to and fro, and a wish is a wish. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FIRST_STEPS, nextSteps, voiceMode } from './posture.ts';
import type { PostureOptions, Steps, VoiceMode } from './posture.ts';

const size = fc.integer({ min: 0, max: 200 });
const anyOptions: fc.Arbitrary<PostureOptions> = fc.record({
  directMicrophones: size,
  directPeople: size,
  backMicrophones: size,
  backPeople: size,
  joinMutedPeople: size,
  backJoinMutedPeople: size,
  stagePeople: size,
  backStagePeople: size,
});
/** Where the way back lies below the way there, as the configuration asks for. */
const apart = anyOptions.map((options) => ({
  ...options,
  backMicrophones: Math.min(options.backMicrophones, options.directMicrophones - 1),
  backPeople: Math.min(options.backPeople, options.directPeople - 1),
  backJoinMutedPeople: Math.min(options.backJoinMutedPeople, options.joinMutedPeople - 1),
  backStagePeople: Math.min(options.backStagePeople, options.stagePeople - 1),
}));
const sizes = fc.array(fc.record({ people: size, microphones: size }), { minLength: 1 });

it('take a size once: looking again changes nothing', () => {
  fc.assert(
    fc.property(anyOptions, sizes, (options, all) => {
      let mode: VoiceMode = 'direct';
      let steps: Steps = FIRST_STEPS;
      for (const now of all) {
        mode = voiceMode(mode, 'auto', now, options);
        steps = nextSteps(steps, 'open', now.people, options);
        expect(voiceMode(mode, 'auto', now, options)).toBe(mode);
        expect(nextSteps(steps, 'open', now.people, options)).toBe(steps);
      }
    }),
  );
});

it('change once at most for somebody who comes and goes', () => {
  fc.assert(
    fc.property(apart, size, size, (options, people, microphones) => {
      let mode: VoiceMode = 'direct';
      let steps: Steps = FIRST_STEPS;
      const seen = [...Array(6).keys()].map((round) => {
        const more = round % 2;
        const now = { people: people + more, microphones: microphones + more };
        mode = voiceMode(mode, 'auto', now, options);
        steps = nextSteps(steps, 'open', now.people, options);
        return `${mode} ${String(steps.joinMuted)} ${steps.stage}`;
      });
      expect(new Set(seen.slice(1)).size).toBe(1);
    }),
  );
});

it('are a moderator’s where there is a wish, at any size', () => {
  fc.assert(
    fc.property(
      anyOptions,
      sizes,
      fc.constantFrom<VoiceMode>('direct', 'slots'),
      fc.constantFrom<'on' | 'off'>('on', 'off'),
      (options, all, voice, joinMuted) => {
        let steps: Steps = { ...FIRST_STEPS, wishes: { voice, joinMuted } };
        for (const now of all) {
          steps = nextSteps(steps, 'open', now.people, options);
          expect(voiceMode('direct', voice, now, options)).toBe(voice);
          expect(steps.joinMuted).toBe(joinMuted === 'on');
        }
      },
    ),
  );
});
