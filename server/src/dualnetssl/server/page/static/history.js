// What the events of a job add up to; no element, no request. The panel in Slicer counts in the same way.

const MOST_POINTS = 2000;

/** Steps and values; a step that is told again replaces what came from it on, and long curves are thinned. */
export class Curve {
  points = [];

  add(step, value) {
    while (this.points.length && this.points.at(-1)[0] >= step) this.points.pop();
    if (this.points.length >= MOST_POINTS) this.points = this.points.filter((_, at) => at % 2 === 0);
    this.points.push([step, value]);
  }
}

/** The mean over the networks of each term of the loss; a former version told them flat, `supervised_0`. */
export function meanLosses(losses) {
  const terms = new Map();
  for (const [name, told] of Object.entries(losses)) {
    const own = typeof told === "object" ? told : { [name.replace(/_[^_]*$/, "")]: told };
    for (const [term, value] of Object.entries(own)) terms.set(term, [...(terms.get(term) ?? []), value]);
  }
  return Object.fromEntries([...terms].map(([term, values]) => [term, values.reduce((sum, value) => sum + value) / values.length]));
}

export class History {
  last = 0;
  step = 0;
  steps = 0;
  trainingSteps = 0;
  secondsLeft = null;
  memoryBytes = 0;
  device = "";
  data = null;
  phase = "";
  warnings = [];
  losses = new Map();
  patchDice = new Map();
  validationDice = new Map();

  /** Take in events; those that were taken in before change nothing. */
  add(events) {
    for (const event of events) {
      if (event.seq <= this.last) continue;
      this.last = event.seq;
      this[`_${event.kind}`]?.(event);
    }
  }

  /** Share that is done, 0 to 1; null as long as nobody knows. */
  get done() {
    return this.steps ? this.step / this.steps : null;
  }

  _started(event) {
    this.device = event.device ?? "";
    this.phase = "reading the scans";
  }

  _resumed(event) {
    this.step = event.step;
  }

  _preparing(event) {
    Object.assign(this, { step: event.done, steps: event.total, phase: "preparing" });
  }

  _data(event) {
    Object.assign(this, { data: event, step: 0, steps: 0, phase: "reading the scans" });
  }

  _progress(event) {
    Object.assign(this, { step: event.step, steps: event.steps, trainingSteps: event.steps, phase: "training" });
    this.secondsLeft = event.seconds_left ?? null;
    this.memoryBytes = event.memory_bytes ?? this.memoryBytes;
    grow(this.losses, event.step, meanLosses(event.losses ?? {}));
    grow(this.patchDice, event.step, event.dice ?? {});
  }

  _validation(event) {
    grow(this.validationDice, event.step, event.dice ?? {});
  }

  _calibrated() {
    this.phase = "calibrated";
  }

  _predicted(event) {
    Object.assign(this, { step: event.done, steps: event.total, phase: "predicting", secondsLeft: null });
  }

  _warning(event) {
    this.warnings.push(event.message);
  }

  _finished() {
    Object.assign(this, { phase: "", secondsLeft: null });
  }
}

function grow(curves, step, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value === null) continue;
    if (!curves.has(name)) curves.set(name, new Curve());
    curves.get(name).add(step, value);
  }
}
