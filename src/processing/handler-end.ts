import type { RunRecord } from '../events';
import type { StripeHandlerEnd } from '../telemetry';
import type { RunResult } from './event-verdict';

/** The class at the beginning of a described error. What follows it may say anything, and is not looked at. */
const ERROR_CLASS = /^[A-Za-z_$][\w$]{0,63}(?=:|\n|$)/;

/** What observers are told of how a handler's call ended. */
export function handlerEnd(result: RunResult): StripeHandlerEnd {
  switch (result.kind) {
    case 'succeeded':
      return { outcome: 'succeeded', durationMs: durationOf(result.run), errorType: null };
    case 'failed':
      return {
        outcome: result.retryAfterMs !== null ? 'deferred' : result.run.status === 'dead' ? 'dead' : 'failed',
        durationMs: durationOf(result.run),
        errorType: classOf(result.run.error ?? ''),
      };
    case 'unknown':
    case 'postponed':
      return { outcome: result.kind, durationMs: null, errorType: classOf(result.error) };
    case 'abandoned':
      return { outcome: result.reason, durationMs: null, errorType: null };
  }
}

/** How long the handler took, in milliseconds. */
export function durationOf({ startedAtMs, finishedAtMs }: RunRecord): number {
  return Math.max(0, finishedAtMs - startedAtMs);
}

/** As OpenTelemetry calls what has no name of its own. */
function classOf(described: string): string {
  return ERROR_CLASS.exec(described)?.[0] ?? '_OTHER';
}
