import type { Story } from './story';

/** What did not become what the scenario says. */
export function problemsOf({ outcomes, users }: Story): string[] {
  return [
    ...outcomes.flatMap(({ step, ...outcome }, at) => differences(`delivery ${at + 1}`, step.expected, outcome)),
    ...users.flatMap(({ person, ...state }) => differences(person.name, person.expected, state)),
  ];
}

function differences(name: string, expected: object, actual: object): string[] {
  const seen = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(expected)
    .filter(([key, value]) => seen.get(key) !== value)
    .map(([key, value]) => `${name}: ${key} should be "${String(value)}" and is "${String(seen.get(key))}".`);
}
