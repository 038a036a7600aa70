import { Card, Text } from '../ui/basics';
import { changesOf } from './changed';

/** What the event changed, where Stripe says so. */
export function Changes({ message }: { readonly message: unknown }) {
  const changes = changesOf(message);
  if (changes.length === 0) return null;
  return (
    <Card title="What changed">
      <div class="scroller" tabIndex={0} role="region" aria-label="What changed">
        <table class="table changes">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ path, before, after }) => (
              <tr key={path}>
                <th scope="row">
                  <Text of={path} mono />
                </th>
                <td>
                  <del>
                    <Text of={shown(before)} mono />
                  </del>
                </td>
                <td>
                  <ins>
                    <Text of={shown(after)} mono />
                  </ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

const LONGEST = 400;

function shown(value: unknown): string {
  const text = value === undefined ? '–' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
