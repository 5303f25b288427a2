import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { credential, refusal } from '../calls/credential.ts';
import { AccessView } from '../views/access/access-view.tsx';
import { AdviceView } from '../views/advice/advice-view.tsx';
import { AlertsView } from '../views/alerts/alerts-view.tsx';
import { AuditView } from '../views/audit/audit-view.tsx';
import { BackupsView } from '../views/backups/backups-view.tsx';
import { CacheView } from '../views/cache/cache-view.tsx';
import { ChangesView } from '../views/changes/changes-view.tsx';
import { RowsView } from '../views/data/rows-view.tsx';
import { KeysView } from '../views/keys/keys-view.tsx';
import { MigrationsView } from '../views/migrations/migrations-view.tsx';
import { OperationsView } from '../views/operations/operations-view.tsx';
import { OverviewView } from '../views/overview/overview-view.tsx';
import { QueueView } from '../views/queue/queue-view.tsx';
import { RecoveryView } from '../views/recovery/recovery-view.tsx';
import { ShardsView } from '../views/shards/shards-view.tsx';
import { TenantsView } from '../views/tenants/tenants-view.tsx';
import { Announcements } from './announce.tsx';
import { Navigation } from './navigation.tsx';
import { linkTo, route } from './route.ts';
import { Shortcuts } from './shortcuts.tsx';
import { SignIn } from './sign-in.tsx';
import { VIEWS } from './views.ts';

/** What a view is given: the rest of the address. */
export interface ViewProps {
  readonly parameters: readonly string[];
}

const COMPONENTS: Readonly<Record<string, ComponentType<ViewProps>>> = {
  '': OverviewView,
  shards: ShardsView,
  operations: OperationsView,
  alerts: AlertsView,
  advice: AdviceView,
  data: RowsView,
  tenants: TenantsView,
  changes: ChangesView,
  cache: CacheView,
  recovery: RecoveryView,
  backups: BackupsView,
  migrations: MigrationsView,
  queue: QueueView,
  keys: KeysView,
  access: AccessView,
  audit: AuditView,
};

export function App() {
  if (refusal.value !== null) return <SignIn />;
  return (
    <>
      <button type="button" class="skip" onClick={skipToMain}>
        Skip to the view
      </button>
      <Navigation />
      <Main key={credential.value} />
      <Announcements />
      <Shortcuts />
    </>
  );
}

function Main() {
  const [path, ...parameters] = route.value;
  const entry = VIEWS.find((view) => view.path === path);
  const View = Object.hasOwn(COMPONENTS, path) ? COMPONENTS[path] : undefined;
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  const title = [entry?.title ?? 'Not found', ...parameters.slice(0, 1)].filter((part) => part !== '').join(': ');
  useEffect(() => {
    document.title = `${title} · ShardQL console`;
    // Whoever came by a link of the page hears where they are; whoever has just opened it begins at its top.
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [title, path]);
  return (
    <main id="main" tabindex={-1}>
      <h1 ref={heading} tabindex={-1}>
        {title}
      </h1>
      {View ? (
        <View key={path} parameters={parameters} />
      ) : (
        <p>
          There is no such view. <a href={linkTo('')}>Overview</a>
        </p>
      )}
    </main>
  );
}

/** No link: the address says which view is shown. */
const skipToMain = (): void => document.getElementById('main')?.focus();
