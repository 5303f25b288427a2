/** What has happened, told to those who see it and to those who hear it. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

interface Announcement {
  readonly text: string;
  readonly isFailure: boolean;
}

const announcement = signal<Announcement | null>(null);
const SHOWN_MS = 6_000;

export function announce(text: string, { isFailure = false } = {}): void {
  announcement.value = { text, isFailure };
}

export function Announcements() {
  const shown = announcement.value;
  useEffect(() => {
    if (shown === null) return;
    const timer = setTimeout(() => {
      announcement.value = null;
    }, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="announcements" role="status" aria-live="polite">
      {shown && <p class={shown.isFailure ? 'announcement failure' : 'announcement'}>{shown.text}</p>}
    </div>
  );
}
