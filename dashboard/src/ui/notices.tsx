import { notices } from '../state/notices';
import { Icon } from './icon';
import { plain } from './words';

/** What just happened, also for those who listen to the page. */
export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, tone, text }) => (
        <p key={id} class={`notice notice-${tone}`}>
          <Icon name={tone === 'good' ? 'check' : 'alert'} />
          {plain(text)}
        </p>
      ))}
    </div>
  );
}
