import type { RegisteredHandler } from '../handlers';
import { ApiField, ApiSchema } from './openapi';

/** A handler that the answering process knows. */
@ApiSchema('StripeKnownHandler')
export class KnownHandlerView {
  @ApiField({ type: 'string' })
  id!: string;

  @ApiField({ type: 'string', isArray: true, description: 'The types of events it is for: names, families, or *.' })
  patterns!: readonly string[];
}

/** What can be done here. */
@ApiSchema('StripeAbout')
export class AboutView {
  @ApiField({ type: 'boolean', description: 'Whether nothing can be changed.' })
  readOnly!: boolean;

  @ApiField({ type: 'boolean', description: 'Whether parts of payloads are hidden.' })
  redacts!: boolean;

  @ApiField({ type: 'string', isArray: true, description: 'Paths of the requests that change something.' })
  actions!: readonly string[];

  @ApiField({ type: 'string', isArray: true, description: 'The Stripe accounts that are served, by their names.' })
  endpoints!: readonly string[];

  @ApiField({
    type: () => KnownHandlerView,
    isArray: true,
    nullable: true,
    description: 'null where events are handled in other processes.',
  })
  handlers!: readonly KnownHandlerView[] | null;
}

/** What is shown of the handlers. */
export function knownHandlers(handlers: readonly RegisteredHandler[]): KnownHandlerView[] {
  return handlers.map(({ id, patterns }) => ({ id, patterns }));
}
