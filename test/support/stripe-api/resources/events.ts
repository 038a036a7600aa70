import { invalid, noSuch } from '../api-error';
import { Collection, type Item } from '../collection';
import { JsonText } from '../json-text';
import { isWithin, listOf } from '../list';
import { textOf, textsOf } from '../parameters';
import type { ApiCall, Route } from '../route';

const DAYS_30 = 30 * 86_400;

/** An event in the account's log. */
export interface ListedEvent extends Item {
  readonly type: string;
  /** As the API writes it. */
  readonly body: object;
  /** False while it is pending or failed at some endpoint of the account. */
  readonly delivered: boolean;
}

/** The events of an account. They can be listed and retrieved for 30 days. */
export class Events extends Collection<ListedEvent> {
  constructor() {
    super('event');
  }

  /** Adds an event, given as an object or as the text that the API answers. */
  add(event: object | string, { delivered = true }: { delivered?: boolean } = {}): void {
    this.put(listed(event, delivered));
  }

  /** Adds events that are made when they are asked for; see `generate`. */
  generateEvents(count: number, make: (index: number) => object): void {
    this.generate(count, (index) => listed(make(index), false));
  }
}

/** `GET /v1/events` and `GET /v1/events/:id`: https://docs.stripe.com/api/events/list. */
export const eventRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    answer: (call) => {
      const isAskedFor = typeFilter(call);
      const deliverySuccess = textOf(call.query.delivery_success);
      return listOf('/v1/events', call.account.events, call.query, {
        matches: (event) =>
          isKept(event, call) &&
          isWithin(event.created, call.query) &&
          isAskedFor(event.type) &&
          (deliverySuccess === undefined || String(event.delivered) === deliverySuccess),
        view: ({ body }) => body,
      });
    },
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    answer: (call) => {
      const event = call.account.events.get(call.id);
      if (event === undefined || !isKept(event, call)) {
        throw noSuch('event', call.id);
      }
      return event.body;
    },
  },
];

function listed(event: object | string, delivered: boolean): ListedEvent {
  const body = typeof event === 'string' ? new JsonText(event) : event;
  const { id, created, type } = (typeof event === 'string' ? JSON.parse(event) : event) as ListedEvent;
  return { id, created, type, body, delivered };
}

function isKept({ created }: Item, { nowSeconds }: ApiCall): boolean {
  return created >= nowSeconds - DAYS_30;
}

function typeFilter({ query }: ApiCall): (type: string) => boolean {
  const type = textOf(query.type);
  const types = textsOf(query.types);
  if (type !== undefined && types !== undefined) {
    throw invalid('You may only specify one of these parameters: type, types.', 'type');
  }
  if (types !== undefined && types.length > 20) {
    throw invalid('Array types exceeded maximum 20 allowed elements.', 'types');
  }
  const wanted = (type === undefined ? types : [type])?.map(
    (pattern) => new RegExp(`^${pattern.replace(/[.[\]]/g, '\\$&').replaceAll('*', '.*')}$`),
  );
  return (name) => wanted === undefined || wanted.some((pattern) => pattern.test(name));
}
