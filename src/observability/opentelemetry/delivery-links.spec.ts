import { describe, expect, it } from '@jest/globals';
import { DeliveryLinks } from './delivery-links';

const event = (stripeId: string, endpoint = 'default') => ({ stripeId, endpoint, kind: 'invoice.paid' });
const span = (spanId: string) => ({ traceId: 'trace', spanId, traceFlags: 1 });

describe('DeliveryLinks', () => {
  it('keeps the latest, as many as it may', () => {
    const links = new DeliveryLinks(2);
    ['one', 'two', 'three'].forEach((id) => {
      links.remember(event(id), span(id));
    });

    expect(['one', 'two', 'three'].map((id) => links.of(event(id))?.spanId)).toEqual([undefined, 'two', 'three']);
  });

  it('keeps the first delivery of an event, also when a later one found it there', () => {
    const links = new DeliveryLinks();
    const [first, second] = [span('first'), span('second')];
    links.remember(event('evt'), first);
    links.remember(event('evt'), second);
    links.forget(event('evt'), second);
    expect(links.of(event('evt'))).toBe(first);

    links.forget(event('evt'), first);
    expect(links.of(event('evt'))).toBeUndefined();
  });

  it('tells accounts apart', () => {
    const links = new DeliveryLinks();
    links.remember(event('evt', 'de'), span('de'));
    expect(links.of(event('evt', 'us'))).toBeUndefined();
  });
});
