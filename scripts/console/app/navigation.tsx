import { useState } from 'preact/hooks';
import { credential, signOut } from '../calls/credential.ts';
import { isPaused } from '../calls/live.ts';
import { linkTo, route } from './route.ts';
import { nextTheme, theme } from './theme.ts';
import { VIEWS, type ViewEntry } from './views.ts';

const GROUPS = ['Watch', 'Rows', 'Operate'] as const satisfies readonly ViewEntry['group'][];

export function Navigation() {
  const [isOpen, setOpen] = useState(false);
  const [current] = route.value;
  return (
    <header class={isOpen ? 'navigation open' : 'navigation'}>
      <div class="brand">
        <a href={linkTo('')} class="brand-name">
          <span aria-hidden="true" class="brand-mark" />
          ShardQL
        </a>
        <button
          type="button"
          class="menu-button"
          aria-expanded={isOpen}
          aria-controls="views"
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
      </div>
      <nav id="views" aria-label="Views">
        {GROUPS.map((group) => (
          <section key={group} aria-label={group}>
            <p class="group" aria-hidden="true">
              {group}
            </p>
            <ul>
              {VIEWS.filter((view) => view.group === group).map(({ path, title }) => (
                <li key={path}>
                  <a
                    href={linkTo(path)}
                    aria-current={current === path ? 'page' : undefined}
                    onClick={() => setOpen(false)}
                  >
                    {title}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <section aria-label="Elsewhere">
          <ul>
            <li>
              <a href="/graphql" target="_blank" rel="noopener opener">
                GraphiQL <span aria-hidden="true">↗</span>
                <span class="hidden">(new tab)</span>
              </a>
            </li>
          </ul>
        </section>
      </nav>
      <div class="tools">
        <button type="button" aria-pressed={isPaused.value} onClick={togglePaused}>
          {isPaused.value ? 'Paused' : 'Live'}
        </button>
        <button type="button" onClick={nextTheme}>
          Theme: {theme.value}
        </button>
        {credential.value !== null && (
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        )}
      </div>
    </header>
  );
}

function togglePaused(): void {
  isPaused.value = !isPaused.value;
}
