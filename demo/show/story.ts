import { DataSource } from 'typeorm';
import type { App } from '../start';
import { Plans } from '../users/plans';
import { PaidTotal, User } from '../users/user.entity';
import type { Client, EventDetail, Run } from './client';
import { money } from './money';
import { NEW_PLAN, type Person, type Scenario, type Step } from './scenario';
import type { ShakyMailer } from './shaky-mailer';

/** What became of a step. */
export interface Outcome {
  readonly step: Step;
  readonly answer: string;
  readonly became: string;
  readonly attempts: number | null;
  readonly runs: readonly Run[];
  /** Why it was a dead letter, before it was replayed. */
  readonly diedOf?: string;
}

/** What the application knows of a person in the end. */
export interface UserState {
  readonly person: Person;
  readonly access: string;
  readonly paid: string;
  readonly letters: string;
}

export interface Story {
  readonly outcomes: readonly Outcome[];
  readonly users: readonly UserState[];
}

/** Delivers one after the other, mends what was missing, replays what had died of it, and says how it all ended. */
export async function play(app: App, client: Client, mailer: ShakyMailer, scenario: Scenario): Promise<Story> {
  mailer.failNext('payment-failed', 2);
  const answers: string[] = [];
  for (const step of scenario.steps) {
    answers.push(await client.deliver(step));
  }
  const outcomes = await Promise.all(
    scenario.steps.map(async (step, at) => outcomeOf(step, answers[at] ?? '', await client.settled(step.eventId))),
  );
  // As a new version would bring it.
  app.get(Plans).add(NEW_PLAN, NEW_PLAN);
  const ends = await Promise.all(outcomes.map((outcome) => replayDead(client, outcome)));
  const users = await Promise.all(scenario.people.map((person) => stateOf(app.get(DataSource), mailer, person)));
  return { outcomes: ends, users };
}

async function replayDead(client: Client, outcome: Outcome): Promise<Outcome> {
  if (outcome.became !== 'dead') {
    return outcome;
  }
  await client.replay(outcome.step.eventId);
  const again = outcomeOf(outcome.step, outcome.answer, await client.settled(outcome.step.eventId));
  const { diedOf = '' } = outcome;
  return { ...again, became: `dead, replayed: ${again.became}`, diedOf };
}

function outcomeOf(step: Step, answer: string, event: EventDetail | null): Outcome {
  if (event === null) {
    return { step, answer, became: 'not stored', attempts: null, runs: [] };
  }
  const { status, ignoredReason, attempts, runs, lastError } = event;
  const became = ignoredReason === null ? status : `${status} (${ignoredReason})`;
  return { step, answer, became, attempts, runs, diedOf: lastError?.split('\n', 1)[0] ?? '' };
}

async function stateOf({ manager }: DataSource, mailer: ShakyMailer, person: Person): Promise<UserState> {
  const whose = { stripeCustomerId: person.customer };
  const user = await manager.findOneBy(User, whose);
  const totals = await manager.find(PaidTotal, { where: whose, order: { currency: 'ASC' } });
  return {
    person,
    access: user?.access ?? 'none',
    paid: totals.map(({ total, currency }) => money(total, currency)).join(' + '),
    letters: mailer.lettersTo(person.email).join(', '),
  };
}
