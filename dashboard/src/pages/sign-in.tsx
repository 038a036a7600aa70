import { useSignal } from '@preact/signals';
import { signIn, start, type Access } from '../state/session';
import { Icon } from '../ui/icon';
import { Logo } from '../ui/logo';

/** The door. */
export function SignIn({ access }: { readonly access: Access & { readonly problem: string | null } }) {
  return (
    <main class="door">
      <div class="door-card">
        <Logo />
        <h1>Stripe events</h1>
        {access.problem !== null && (
          <p class="banner banner-bad" role="alert">
            <Icon name="alert" />
            {access.problem}
          </p>
        )}
        {access.is === 'refused' ? <Refused /> : <TokenForm />}
      </div>
    </main>
  );
}

function TokenForm() {
  const token = useSignal('');
  const busy = useSignal(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    busy.value = true;
    void signIn(token.value.trim()).finally(() => {
      busy.value = false;
    });
  };
  return (
    <form onSubmit={submit}>
      <label for="token">Admin token</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        spellcheck={false}
        autofocus
        required
        value={token.value}
        onInput={(event) => {
          token.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="button button-main" disabled={busy.value}>
        {busy.value ? 'Signing in …' : 'Sign in'}
      </button>
      <p class="hint">Kept by this tab alone, until it is closed.</p>
    </form>
  );
}

function Refused() {
  return (
    <>
      <p>Sign in to the application with an account that may see this page, then try again.</p>
      <button type="button" class="button button-main" onClick={() => void start()}>
        Try again
      </button>
    </>
  );
}
