import {
  IsBoolean,
  IsInt,
  IsOptional,
  Max,
  Min,
  validate,
  type ValidationArguments,
  type ValidationError,
} from 'class-validator';
import { InvalidStripeEventError } from '../errors';
import { isJsonObject } from './event-shape';
import { IsColumnText, IsJsonObject, IsRequest, kindOf } from './add-event.validators';

const MOST_PENDING_WEBHOOKS = 2 ** 31 - 1;

/** An event that did not come as a signed webhook: from a queue, another system, or one's own code. */
export class AddEvent {
  /** Stripe's id of the event. The same id again is a duplicate. */
  @IsColumnText()
  stripeId!: string;

  /** Stripe's type of the event, e.g. `invoice.created`. */
  @IsColumnText()
  kind!: string;

  /** Whether real money is concerned. */
  @IsBoolean({ message: (about) => `livemode must be true or false, not ${kindOf(about.value)}` })
  livemode!: boolean;

  /** The API version the message is written in; null where it has none. */
  @IsOptional()
  @IsColumnText()
  apiVersion!: string | null;

  /** The event's data: a whole event, `{ object, previous_attributes }`, or the bare object. Stored as it is given. */
  @IsJsonObject()
  message!: object;

  /** The API request that caused the event: Stripe's `{ id, idempotency_key }`, or the bare id. */
  @IsOptional()
  @IsRequest()
  request?: { readonly id?: string | null; readonly idempotency_key?: string | null } | string | null;

  /** How many deliveries are outstanding at Stripe. @default 0 */
  @IsOptional()
  @IsInt({ message: wholeNumber })
  @Min(0, { message: wholeNumber })
  @Max(MOST_PENDING_WEBHOOKS, { message: wholeNumber })
  pendingWebhooks?: number;

  /** The connected account the event is about, `acct_…`. */
  @IsOptional()
  @IsColumnText()
  account?: string | null;

  /** The name of one's own account it belongs to, where the module serves several. @default 'default', or the only one */
  @IsOptional()
  @IsColumnText()
  endpoint?: string;
}

/**
 * Checks what was given to `add()`.
 *
 * @throws {InvalidStripeEventError} naming each field that cannot be stored, and never its value
 */
export async function validated(input: AddEvent): Promise<AddEvent> {
  if (!isJsonObject(input)) {
    throw new InvalidStripeEventError('event', [`event must be an object, not ${kindOf(input)}`]);
  }
  const event = Object.assign(new AddEvent(), input);
  const errors = await validate(event, {
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
  });
  const [first] = errors;
  if (first !== undefined) {
    throw new InvalidStripeEventError(first.property, errors.map(sentence));
  }
  return event;
}

/** One sentence a field, the first rule that is broken. */
function sentence({ property, constraints = {} }: ValidationError): string {
  return Object.values(constraints)[0] ?? `${property} cannot be used`;
}

function wholeNumber({ property, value }: ValidationArguments): string {
  return `${property} must be a whole number from 0 to ${MOST_PENDING_WEBHOOKS}, not ${kindOf(value)}`;
}
