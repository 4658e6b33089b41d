/** A machine of two processors whose host takes half of it while `disturbed`. */
export const machine = { disturbed: false, stolen: 0, all: 0 };

/** Each look is a second after the one before it. */
export function look() {
  machine.all += 200;
  if (machine.disturbed) machine.stolen += 100;
  return { at: machine.all * 5, stolen: machine.stolen, all: machine.all };
}
