import { useEffect } from 'preact/hooks';
import { CustomerPage } from './pages/customer';
import { CustomersPage } from './pages/customers';
import { EventPage } from './pages/event';
import { EventsPage } from './pages/events';
import { LivePage } from './pages/live';
import { OverviewPage } from './pages/overview';
import { SignIn } from './pages/sign-in';
import { route } from './state/route';
import { access } from './state/session';
import { Empty, Loading } from './ui/basics';
import { Notices } from './ui/notices';
import { Shell } from './ui/shell';

export function App() {
  return (
    <>
      <Content />
      <Notices />
    </>
  );
}

function Content() {
  switch (access.value.is) {
    case 'unknown':
      return <Loading />;
    case 'locked':
    case 'refused':
      return <SignIn access={access.value} />;
    case 'granted':
      return (
        <Shell>
          <Page />
        </Shell>
      );
  }
}

function Page() {
  const [section, id] = route.value.parts;
  const place = route.value.parts.join('/');
  useEffect(() => {
    document.title = `${[id, section ?? 'overview'].filter(Boolean).join(' · ')} · Stripe events`;
    // So that reading goes on where the new page begins.
    if (place !== '') document.querySelector('h1')?.focus();
    scrollTo(0, 0);
  }, [place]);
  if (section === undefined) return <OverviewPage />;
  if (section === 'events') return id === undefined ? <EventsPage /> : <EventPage key={id} id={id} />;
  if (section === 'customers') return id === undefined ? <CustomersPage /> : <CustomerPage key={id} id={id} />;
  if (section === 'live') return <LivePage />;
  return (
    <Empty title="There is nothing here.">
      <a href="#/">Go to the overview</a>
    </Empty>
  );
}
