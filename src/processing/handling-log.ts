import { Logger } from '@nestjs/common';
import { describeError, LogEntry, type LogFields } from '../common';
import type { EventEntity } from '../events';
import type { RunResult } from './event-verdict';
import { durationOf } from './handler-end';

type Named = Pick<EventEntity, 'stripeId' | 'kind' | 'endpoint'>;

/**
 * Says how handling goes. What went well, or was asked for, is for debugging; what is tried again is a warning; an error
 * is only what nobody will try again.
 */
export class HandlingLog {
  private readonly logger = new Logger('StripeEvents');

  /** How one handler's call ended. */
  called(handler: string, result: RunResult, event: Named): void {
    switch (result.kind) {
      case 'succeeded':
        this.succeeded(result, event);
        return;
      case 'failed':
        this.failed(result, event);
        return;
      case 'unknown':
        this.warn(`Whether handler ${handler} of event ${event.stripeId} was committed cannot be told`, result.error, {
          ...fieldsOf(event),
          handler,
        });
        return;
      case 'postponed':
        this.warn(`Handler ${handler} of event ${event.stripeId} could not be called yet`, result.error, {
          ...fieldsOf(event),
          handler,
        });
        return;
      case 'abandoned':
        return;
    }
  }

  /** The event is given up. */
  died(event: Named & Pick<EventEntity, 'attempts'>, error: string): void {
    const why = firstLine(error);
    this.logger.error(
      new LogEntry(`Event ${event.stripeId} is a dead letter: ${why}`, {
        ...fieldsOf(event),
        attempts: event.attempts,
        error: why,
      }),
    );
  }

  /** What its handlers need could not be got together. */
  notPrepared(event: Named, error: string): void {
    this.warn(`Event ${event.stripeId} could not be prepared`, error, fieldsOf(event));
  }

  /** Somebody else has the event. */
  leaseLost(event: Named): void {
    const sentence = `The lease of event ${event.stripeId} was lost; what this worker did with it is not recorded.`;
    this.logger.warn(new LogEntry(sentence, fieldsOf(event)));
  }

  /** Its outcome could not be written. */
  notSettled(event: Named, error: unknown): void {
    const why = describeError(error);
    const sentence = `Event ${event.stripeId} could not be settled; its lease runs out: ${why}`;
    this.logger.error(new LogEntry(sentence, { ...fieldsOf(event), error: firstLine(why) }));
  }

  private succeeded({ run }: RunResult & { kind: 'succeeded' }, event: Named): void {
    // Once for every call: its words are not made where nobody reads them.
    if (Logger.isLevelEnabled('debug')) {
      const durationMs = durationOf(run);
      const sentence = `Handler ${run.handler} handled event ${event.stripeId} (attempt ${run.attempts}, ${durationMs} ms).`;
      this.logger.debug(
        new LogEntry(sentence, { ...fieldsOf(event), handler: run.handler, attempt: run.attempts, durationMs }),
      );
    }
  }

  private failed({ run, retryAfterMs }: RunResult & { kind: 'failed' }, event: Named): void {
    const { handler, attempts, error } = run;
    // An attempt that is not used up is not among those of the record.
    const attempt = retryAfterMs === null ? attempts : attempts + 1;
    const fields = { ...fieldsOf(event), handler, attempt, durationMs: durationOf(run) };
    if (retryAfterMs === null) {
      this.warn(`Handler ${handler} failed on event ${event.stripeId} (attempt ${attempt})`, error, fields);
    } else {
      const sentence = `Handler ${handler} asked to be called again for event ${event.stripeId} in ${retryAfterMs} ms.`;
      this.logger.debug(new LogEntry(sentence, { ...fields, retryAfterMs }));
    }
  }

  private warn(sentence: string, error: string | null, fields: LogFields): void {
    const why = firstLine(error);
    this.logger.warn(new LogEntry(`${sentence}: ${why}`, { ...fields, error: why }));
  }
}

function fieldsOf({ stripeId, kind, endpoint }: Named): LogFields {
  return { eventId: stripeId, kind, endpoint };
}

function firstLine(text: string | null): string {
  return text?.split('\n', 1)[0] ?? '';
}
