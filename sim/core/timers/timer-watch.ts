import type { Effect } from "../../../src/sds/io/effect.ts";
import type { StepInput } from "../../../src/sds/io/step-input.ts";
import type { SimParticipant } from "../members/participant.ts";
import { check } from "../report/violation.ts";
import { Asking } from "./asking.ts";
import { type Moment, type Pause, runsSchedules, SLACK_MS } from "./moment.ts";
import { dueTimes } from "./overdue.ts";
import { Sending } from "./sending.ts";
import { Speech } from "./speech.ts";
import { Waiting } from "./waiting.ts";

/** TIME-10. */
const WAKE_EVERY_MS = 60_000;
/** Somebody set the clock, or corrected it: more than it can be fast or slow by. */
const JUMP_MS = 1_000;
const MOST_DRIFT = 0.003;
/** Of a larger world so many members are watched, others in each: to watch all of them takes as long as to run them. */
const MOST_WATCHED = 3;

export interface TimedWorld {
  /** True time. */
  now(): number;
  readonly parameters: { readonly budgetPerTenMinutes: number };
  readonly settings: { readonly seed: number; readonly participants: number };
  /** 0: takes in at once whatever is pushed to it. */
  intakeMs?(member: SimParticipant): number;
}

/** One run of one member. Times of waking are true ones: a clock that is set makes nothing come sooner or later. */
interface Life {
  stepAt: number | null;
  stepNow: number;
  /** True time at which each schedule is due, as of the last step. */
  due: ReadonlyMap<string, number>;
  /** Since then something ran that does what is due. */
  ran: boolean;
  windows: Windows;
}

interface Windows {
  readonly speech: Speech;
  readonly asking: Asking;
  readonly sending: Sending;
  readonly waiting: Waiting;
}

/** Whether members are woken in time, and whether what the protocol promises of its timers comes to pass. */
export class TimerWatch {
  readonly #world: TimedWorld;
  readonly #lives = new Map<SimParticipant, Life>();

  constructor(world: TimedWorld) {
    this.#world = world;
  }

  booted(member: SimParticipant): void {
    if (!this.#isWatched(member)) return;
    // Whoever takes in more slowly than others speak goes by LAG-1 to LAG-5.
    if ((this.#world.intakeMs?.(member) ?? 0) > 0) return;
    this.#lives.set(member, { stepAt: null, stepNow: 0, due: new Map(), ran: true, windows: openWindows() });
  }

  /** Before each step. */
  stepping(member: SimParticipant): void {
    const life = this.#lives.get(member);
    if (life === undefined) return;
    this.#checkWoken(member, life);
    const pause = this.#pauseOf(member);
    if (life.stepAt !== null && this.#isSet(life, pause.now)) life.windows = openWindows();
    life.stepAt = this.#world.now();
    life.stepNow = pause.now;
    life.windows.speech.stepping(pause);
  }

  /** After each step. */
  stepped(member: SimParticipant, input: StepInput, effects: readonly Effect[]): void {
    const life = this.#lives.get(member);
    if (life === undefined) return;
    const moment: Moment = { ...this.#pauseOf(member), input, effects };
    life.ran ||= runsSchedules(input);
    const { speech, asking, sending } = life.windows;
    speech.stepped(moment);
    asking.stepped(moment);
    sending.stepped(moment);
  }

  /** Nothing more happens now: the next wake is planned. */
  planned(member: SimParticipant): void {
    const life = this.#lives.get(member);
    if (life === undefined) return;
    const pause = this.#pauseOf(member);
    const at = this.#world.now();
    const due = new Map<string, number>();
    for (const [name, dueAt] of dueTimes(pause)) {
      if (dueAt === Number.POSITIVE_INFINITY) continue;
      const here = at + Math.max(0, dueAt - pause.now);
      // What has been due since an earlier step, and was not done, does not begin to be due now.
      due.set(name, life.ran || here > at ? here : Math.min(here, life.due.get(name) ?? here));
    }
    life.due = due;
    life.ran = false;
    // Receiving leaves what it makes due to the wake that comes at once.
    const { speech, asking, sending, waiting } = life.windows;
    for (const window of [speech, asking, sending, waiting]) window.pause(pause);
  }

  #checkWoken(member: SimParticipant, { stepAt, due }: Life): void {
    const at = this.#world.now();
    for (const [name, dueAt] of due) {
      check(at <= dueAt + SLACK_MS, "timers fire in time", () => {
        return `member ${member.index} was not woken for ${name}, due ${at - dueAt} ms ago`;
      });
    }
    if (stepAt === null || !member.state.clock.connection.online) return;
    check(at <= stepAt + WAKE_EVERY_MS + SLACK_MS, "timers fire in time", () => {
      return `member ${member.index} is online and did nothing for ${at - stepAt} ms`;
    });
  }

  #isWatched({ index }: SimParticipant): boolean {
    const { seed, participants } = this.#world.settings;
    return (index + seed) % Math.ceil(participants / MOST_WATCHED) === 0;
  }

  #isSet({ stepAt, stepNow }: Life, now: number): boolean {
    const elapsed = this.#world.now() - (stepAt ?? 0);
    return Math.abs(now - stepNow - elapsed) > JUMP_MS + MOST_DRIFT * elapsed;
  }

  #pauseOf(member: SimParticipant): Pause {
    const isLimited = this.#world.parameters.budgetPerTenMinutes > 0;
    return { member: member.index, now: member.now(), state: member.state, isLimited };
  }
}

function openWindows(): Windows {
  return { speech: new Speech(), asking: new Asking(), sending: new Sending(), waiting: new Waiting() };
}
