import type { Type } from '@nestjs/common';
import { STRIPE_ERROR_CODES, type ErrorBody, type StripeErrorCode } from '../errors';
import { ApiField, ApiSchema, type OperationDoc } from './openapi';

/** The body of every answer that says no. */
@ApiSchema('StripeError')
export class ErrorView implements ErrorBody {
  @ApiField({ type: 'integer' })
  statusCode!: number;

  @ApiField({ type: 'string', enum: STRIPE_ERROR_CODES })
  code!: StripeErrorCode;

  @ApiField({ type: 'string' })
  message!: string;
}

const REFUSALS = {
  400: 'A parameter cannot be used; the message names it.',
  401: 'No token, or not the right one.',
  404: 'Nothing is stored under this id.',
  409: 'A worker has the event, the customer has another owner, or several accounts have this id.',
  410: 'Stripe has no copy to compare with any more.',
  502: 'The Stripe API refused, or did not answer.',
} as const;

/** The answers of an operation: the one that says yes, and the ways of saying no. */
export function answers(
  yes: { readonly status: number; readonly description: string; readonly type: Type },
  ...no: (keyof typeof REFUSALS)[]
): OperationDoc['answers'] {
  const refusals = no.map((status) => [status, { description: REFUSALS[status], type: ErrorView }] as const);
  return { [yes.status]: { description: yes.description, type: yes.type }, ...Object.fromEntries(refusals) };
}
