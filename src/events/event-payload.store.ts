import { placeholders, type LedgerDatabase } from '../database';
import { EventPayloadEntity } from './event-payload.entity';
import type { EventEntity } from './event.entity';

interface StoredBody {
  readonly encoding: 'utf8' | 'base64';
  readonly text: string;
}

/** Reads the bodies of events. */
export class EventPayloadStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** Gives each event its `message` and `rawMessage`; one statement for all of them. */
  async attachTo(events: readonly EventEntity[]): Promise<void> {
    const bodies = await this.bodies(events.map(({ id }) => id));
    for (const event of events) {
      const body = bodies.get(event.id);
      if (body !== undefined) {
        event.rawMessage = textOf(body);
        event.message = parsed(event.rawMessage);
      }
    }
  }

  private async bodies(ids: readonly string[]): Promise<ReadonlyMap<string, StoredBody>> {
    const found = new Map<string, StoredBody>();
    if (ids.length === 0) {
      return found;
    }
    const rows = await this.database.query(
      `SELECT event_id, encoding, body FROM ${this.database.table(EventPayloadEntity)}
 WHERE event_id IN (${placeholders(ids.length)}) ORDER BY event_id, part`,
      ids,
    );
    for (const { event_id: id, encoding, body } of rows) {
      const before = found.get(String(id))?.text ?? '';
      found.set(String(id), { encoding: encoding === 'base64' ? 'base64' : 'utf8', text: before + String(body) });
    }
    return found;
  }
}

/** Bytes that are not text are shown as Latin-1, one character a byte, which loses nothing. */
function textOf({ encoding, text }: StoredBody): string {
  return encoding === 'base64' ? Buffer.from(text, 'base64').toString('latin1') : text;
}

const BYTE_ORDER_MARK = '\uFEFF';

/** The value of a JSON text, or the text itself where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  } catch {
    return text;
  }
}
