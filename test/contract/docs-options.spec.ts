import { describe, expect, it } from '@jest/globals';
import { DEFAULT_WEBHOOK_PATH } from '../../src/stripe.webhook-paths';
import { settingsOf } from '../../src/stripe.settings';
import { DeclaredOptions, type DeclaredOption } from '../docs/declared-options';
import { readDocument, sectionsOf, type Section } from '../docs/markdown';
import { valueAt } from '../support/json-path';

const OPTIONS = 'src/stripe.options.ts';
const document = readDocument('docs/reference/options.md');

/** Where each interface is documented, and whose defaults its options have. */
const PLACES = [
  { heading: 'What the application gives at run time', file: OPTIONS, name: 'StripeModuleOptions' },
  { heading: 'What decides the structure of the module', file: OPTIONS, name: 'StripeModuleStructure' },
  {
    heading: 'What a handler is given',
    file: 'src/handlers/on-stripe-event.decorator.ts',
    name: 'OnStripeEventOptions',
  },
];

const options = new DeclaredOptions(PLACES.map(({ file }) => file));
const settings = settingsOf({ webhookSecret: 'whsec_made_up' }, {});
/** What is done where an option is not given. Where nothing is said here, nothing is done. */
const DEFAULTS: unknown = {
  ...settings,
  retention: { days: settings.retentionDays },
  // Held under this name by the settings, and empty there: nothing is the default.
  client: undefined,
  onOtherApiVersion: settings.accounts[0]?.onOtherApiVersion,
  webhookPath: DEFAULT_WEBHOOK_PATH,
  admin: false,
  tables: { prefix: '' },
  isGlobal: true,
  transactional: false,
};
/** What is off by default has parts with defaults, for when it is on. */
const WHEN_ON: unknown = settingsOf({ webhookSecret: 'whsec_made_up', apiKey: 'sk_test_made_up', catchUp: {} }, {});
const NOTHING = undefined;

function sectionsBelow(heading: string): Section[] {
  const { headings } = document;
  const first = headings.findIndex(({ level, text }) => level === 2 && text === heading);
  const rest = headings.slice(first + 1);
  const end = rest.findIndex(({ level }) => level === 2);
  const anchors = new Set(rest.slice(0, end === -1 ? undefined : end).map(({ anchor }) => anchor));
  return sectionsOf(document, 3).filter((section) => anchors.has(section.heading.anchor));
}

/** The default as the page says it: "default `60_000`", or "no default". */
function documented({ heading, text }: Section): unknown {
  const written = /\bdefault\s`([^`]+)`/i.exec(text)?.[1];
  if (written === undefined && !/\bno\sdefault\b/i.test(text)) {
    throw new Error(`The page does not say what the default of ${heading.text} is.`);
  }
  return written === undefined ? NOTHING : valueOf(written);
}

/** `60_000`, `'none'`, `false`, `{ days: 90 }` as values. */
function valueOf(written: string): unknown {
  const json = written
    .replaceAll(/(?<=\d)_(?=\d)/g, '')
    .replaceAll(/(\w+):/g, '"$1":')
    .replaceAll("'", '"');
  return JSON.parse(json) as unknown;
}

/** `{}`, and nothing, stand for an object whose own options have the defaults. */
function agree(said: unknown, path: string): boolean {
  const real = valueAt(DEFAULTS, path) ?? valueAt(WHEN_ON, path);
  const isObject = typeof real === 'object' && real !== null;
  const hasOwnDefaults = said === NOTHING || JSON.stringify(said) === '{}';
  return (isObject && hasOwnDefaults) || JSON.stringify(said) === JSON.stringify(real);
}

/** A comment's default where it is a value, and not words such as `the default one`. */
function saidValue({ saidDefault = '' }: DeclaredOption): string | undefined {
  return /^('[^']*'|\{.*?\}|[\d_]+|true|false)/.exec(saidDefault)?.[0];
}

describe.each(PLACES)('the options of $name', ({ heading, file, name }) => {
  const sections = sectionsBelow(heading);
  const declared = options.of(file, name);

  it('are the headings of their part of the page', () => {
    expect(sections.map((section) => section.heading.text)).toEqual(declared.map(({ path }) => path));
  });

  it('are commented where they are declared', () => {
    expect(declared.filter(({ commented, saidDefault }) => !commented && saidDefault === undefined)).toEqual([]);
  });

  it('have the defaults that are documented', () => {
    const wrong = sections.filter((section) => !agree(documented(section), section.heading.text));

    expect(wrong.map((section) => [section.heading.text, documented(section)])).toEqual([]);
  });

  it('have the defaults that their comments say', () => {
    const said = declared.map((option) => ({ path: option.path, value: saidValue(option) }));
    const wrong = said.filter(({ path, value }) => value !== undefined && !agree(valueOf(value), path));

    expect(wrong).toEqual([]);
  });
});
