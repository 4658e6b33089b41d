import { describe, expect, it } from 'vitest';
import { Delivery, DelayHistogram } from './delivery.ts';
import { markedLength } from './marks.ts';

describe('delays', () => {
  it('are kept to a tenth of a millisecond', () => {
    const delays = new DelayHistogram();
    for (let ms = 1; ms <= 100; ms++) delays.add(ms + 0.04);
    expect([0.5, 0.99, 1].map((share) => delays.percentile(share))).toEqual([50, 99, 100]);
    delays.clear();
    expect(delays.percentile(0.5)).toBeNaN();
  });

  it('that are beyond all measure count as the longest', () => {
    const delays = new DelayHistogram();
    delays.add(1e9);
    delays.add(-1);
    expect([delays.percentile(0.5), delays.percentile(1)]).toEqual([0, 2500]);
  });
});

describe('what is delivered', () => {
  const ANA = 1;
  const BO = 2;

  /** Both say ten packets, 20 ms apart; two listeners hear them `late` ms later. */
  const talk = (late: number, lost: (speaker: number, count: number) => boolean = () => false) => {
    const delivery = new Delivery();
    // Before the start: does not count.
    for (let count = 0; count < 200; count++) delivery.send(ANA, count);
    delivery.send(BO, 0);
    delivery.start();
    for (let count = 0; count < 10; count++) {
      for (const speaker of [ANA, BO]) {
        const at = 1000 + count * 20;
        const length = markedLength(delivery.send(speaker, at));
        if (lost(speaker, count)) continue;
        delivery.arrive(speaker, length, at + late);
        delivery.arrive(speaker, length, at + late + 2);
      }
    }
    return delivery;
  };

  it('is all of it, with its delay', () => {
    const delivery = talk(5);
    delivery.stop();
    expect(delivery.result(2)).toEqual({
      ...{ sent: 20, passed: 20, heard: 40, loss: 0 },
      ...{ p50: 5, p99: 7 },
    });
  });

  it('is less where packets are lost', () => {
    const delivery = talk(5, (speaker, count) => speaker === BO && count < 5);
    delivery.stop();
    expect(delivery.result(2)).toMatchObject({ sent: 20, heard: 30, loss: 0.25 });
  });

  it('is of what the server passed on, where it chooses', () => {
    const delivery = talk(5, (speaker) => speaker === BO);
    delivery.arrive(BO, markedLength(9), 2000);
    delivery.stop();
    const { passed, heard, loss } = delivery.result(2, 'passed');
    expect({ passed, heard }).toEqual({ passed: 11, heard: 21 });
    expect(loss).toBeCloseTo(1 / 22);
  });

  it('leaves out what was sent before the start or after the stop, whenever it arrives', () => {
    const delivery = talk(5);
    delivery.stop();
    const before = delivery.result(2);
    delivery.arrive(BO, markedLength(0), 1300);
    delivery.arrive(BO, markedLength(delivery.send(BO, 1200)), 1300);
    expect(delivery.result(2)).toEqual(before);
  });

  it('takes the last packets that arrive after the stop', () => {
    const delivery = new Delivery();
    delivery.send(ANA, 0);
    delivery.start();
    const length = markedLength(delivery.send(ANA, 20));
    delivery.stop();
    delivery.arrive(ANA, length, 120);
    delivery.arrive(99, length, 120);
    expect(delivery.result(1)).toEqual({
      sent: 1,
      passed: 1,
      heard: 1,
      loss: 0,
      p50: 100,
      p99: 100,
    });
  });

  it('is unknown where nobody speaks', () => {
    const delivery = new Delivery();
    delivery.start();
    delivery.stop();
    expect(delivery.result(5).loss).toBeNaN();
  });
});
