import { describe, expect, it } from '@jest/globals';
import { EventAdmission } from './event-admission';
import { ServedAccounts, type ServedAccount } from './served-accounts';

const PINNED = '2026-10-28.endive';
const LIVE = { livemode: true, apiVersion: PINNED };
const OTHER = { livemode: true, apiVersion: '2020-08-27' };
const IGNORED = { settled: { status: 'ignored', reason: 'api-version', error: null } };

function admissionOf(account: Partial<ServedAccount>): EventAdmission {
  const open = { name: 'eu', livemode: undefined, apiVersion: null, onOtherApiVersion: 'process' } as const;
  return new EventAdmission(new ServedAccounts([{ ...open, ...account }]));
}

describe('EventAdmission', () => {
  it('lets every event pass where the account says nothing', () => {
    const admission = admissionOf({});

    for (const facts of [LIVE, OTHER, { livemode: false, apiVersion: null }]) {
      expect(admission.verdict('eu', facts)).toEqual({});
      expect(admission.refuses('eu', facts)).toBe(false);
    }
    expect(admission.verdict('asia', LIVE)).toEqual({});
  });

  it('ignores the other mode, whatever the version', () => {
    const admission = admissionOf({ livemode: false, apiVersion: PINNED, onOtherApiVersion: 'refuse' });

    for (const facts of [LIVE, OTHER]) {
      expect(admission.verdict('eu', facts)).toMatchObject({ settled: { status: 'ignored', reason: 'livemode' } });
      expect(admission.refuses('eu', facts)).toBe(false);
    }
  });

  it.each([
    ['process', false, { replacesOtherVersion: true }],
    ['ignore', false, IGNORED],
    ['refuse', true, IGNORED],
  ] as const)('does with another version as is said: %s', (onOtherApiVersion, refused, verdict) => {
    const admission = admissionOf({ apiVersion: PINNED, onOtherApiVersion });

    expect(admission.refuses('eu', OTHER)).toBe(refused);
    expect(admission.verdict('eu', OTHER)).toEqual(verdict);
    expect(admission.refuses('eu', LIVE)).toBe(false);
    expect(admission.verdict('eu', LIVE)).toEqual({ replacesOtherVersion: true });
  });

  it.each([
    ['a version of the same release', '2026-09-30.endive'],
    ['no version, as thin events have none', null],
  ])('takes %s for no other one', (_what, apiVersion) => {
    const admission = admissionOf({ apiVersion: PINNED, onOtherApiVersion: 'refuse' });

    expect(admission.refuses('eu', { livemode: true, apiVersion })).toBe(false);
    expect(admission.verdict('eu', { livemode: true, apiVersion })).toEqual({ replacesOtherVersion: true });
  });
});
