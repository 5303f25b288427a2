import type { Alert } from '../../operations/alerts.ts';
import { Empty } from '../../parts/panel.tsx';
import { AlertCard } from '../alerts/alert-card.tsx';

export function FiringAlerts({ alerts }: { readonly alerts: readonly Alert[] }) {
  const open = alerts.filter(({ state }) => state !== 'RESOLVED');
  if (open.length === 0) return <Empty>None. The rules are in docs/alerts.md.</Empty>;
  return (
    <ul class="cards">
      {open.map((alert) => (
        <li key={alert.id}>
          <AlertCard alert={alert} />
        </li>
      ))}
    </ul>
  );
}
