import type { ApiError } from '../api/request';
import { accounts } from '../state/accounts';
import { hrefTo } from '../state/route';
import { Problem, Text } from './basics';

const AMBIGUOUS = 'STRIPE_EVENTS_AMBIGUOUS_ID';

export function AccountTag({ of }: { readonly of: string }) {
  return (
    <span class="cut">
      <span class="tag">
        <Text of={of} />
      </span>
    </span>
  );
}

interface ChoiceProps {
  readonly value: string | undefined;
  readonly onChoose: (endpoint: string) => void;
}

/** Which of the application's accounts is meant. */
export function AccountChoice({ value = '', onChoose }: ChoiceProps) {
  return (
    <select aria-label="Every account" value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
      <option value="">Every account</option>
      {accounts.value.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface WhoseProps {
  readonly of: ApiError | null;
  readonly parts: readonly string[];
}

/** What is wrong; where an address fits things of several accounts, it leads to each of them. */
export function ProblemOrWhose({ of, parts }: WhoseProps) {
  if (of?.code !== AMBIGUOUS) return <Problem of={of} />;
  return (
    <div class="empty">
      <p class="empty-title">Several accounts have this id. Which of them is meant?</p>
      <p class="choices-inline">
        {accounts.value.map((endpoint) => (
          <a key={endpoint} class="button" href={hrefTo(parts, { endpoint })}>
            <Text of={endpoint} />
          </a>
        ))}
      </p>
    </div>
  );
}
