import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
} from 'class-validator';
import { EVENT_SOURCES, EVENT_STATUSES, type EventSource, type EventStatus } from '../../events';
import { CountParameter, FlagParameter, MomentParameter, TextParameter } from './parameters';

const MOST_ITEMS = 100;
const MOST_REPLAYED = 1_000_000;
const HANDLER_IDS = '$property must be a list of 1 to 100 handler ids';

/** The query of `GET events`. */
export class ListEventsQuery {
  @TextParameter() kind?: string;
  @IsOptional()
  @IsIn(EVENT_STATUSES, { message: `$property must be one of: ${EVENT_STATUSES.join(', ')}` })
  status?: EventStatus;
  @FlagParameter() livemode?: boolean;
  @TextParameter() customer?: string;
  @TextParameter() account?: string;
  @TextParameter() object?: string;
  @IsOptional()
  @IsIn(EVENT_SOURCES, { message: `$property must be one of: ${EVENT_SOURCES.join(', ')}` })
  source?: EventSource;
  @TextParameter() q?: string;
  @MomentParameter() from?: Date;
  @MomentParameter() to?: Date;
  @CountParameter(MOST_ITEMS) limit?: number;
  @TextParameter() cursor?: string;
}

/** The body of `POST events/replay`. */
export class ReplayEventsBody {
  @IsOptional()
  @IsIn(EVENT_STATUSES, { message: `$property must be one of: ${EVENT_STATUSES.join(', ')}` })
  status?: EventStatus;
  @TextParameter() kind?: string;
  @MomentParameter() from?: Date;
  @MomentParameter() to?: Date;
  @CountParameter(MOST_REPLAYED) limit?: number;
}

/** The body of `POST events/:stripeId/replay`. */
export class ReplayEventBody {
  @IsOptional()
  @IsArray({ message: HANDLER_IDS })
  @ArrayNotEmpty({ message: HANDLER_IDS })
  @ArrayMaxSize(MOST_ITEMS, { message: HANDLER_IDS })
  @IsString({ each: true, message: HANDLER_IDS })
  handlers?: string[];
}

/** The body of `POST events/:stripeId/customer`. */
export class LinkCustomerBody {
  @IsString({ message: 'customer must be the id of a customer' })
  @MinLength(1, { message: 'customer must be the id of a customer' })
  @MaxLength(255, { message: 'customer must be the id of a customer' })
  customer!: string;
}

/** The query of `GET customers`. */
export class ListCustomersQuery {
  @TextParameter() email?: string;
  @TextParameter() owner?: string;
  @FlagParameter() livemode?: boolean;
  @FlagParameter() deleted?: boolean;
  @TextParameter() q?: string;
  @CountParameter(MOST_ITEMS) limit?: number;
  @TextParameter() cursor?: string;
}

/** The query of `GET stats`. */
export class StatsQuery {
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}[mhd]$/, { message: 'window must be a length of time such as 15m, 24h or 7d' })
  window?: string;
}
