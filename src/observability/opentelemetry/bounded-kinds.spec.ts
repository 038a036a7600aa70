import { describe, expect, it } from '@jest/globals';
import { BoundedKinds } from './bounded-kinds';

describe('BoundedKinds', () => {
  it('tells no more apart than its bound, however many come', () => {
    const kinds = new BoundedKinds(100);
    const seen = new Set(Array.from({ length: 10_000 }, (_, index) => kinds.of(`made.up_${index}`)));

    expect(seen.size).toBe(101);
    expect(kinds.of('made.up_99')).toBe('made.up_99');
    expect(kinds.of('made.up_100')).toBe('_OTHER');
  });

  it.each(['jane@example.com', 'Invoice paid', '', 'x'.repeat(101), 'a"b', 'a\nb'])('never shows %j', (kind) => {
    expect(new BoundedKinds().of(kind)).toBe('_OTHER');
  });

  it.each(['invoice.paid', 'v2.core.account[requirements].updated', 'v1.billing.meter.error_report_triggered'])(
    'shows %s as it is',
    (kind) => {
      expect(new BoundedKinds().of(kind)).toBe(kind);
    },
  );
});
