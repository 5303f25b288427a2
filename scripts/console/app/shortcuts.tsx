/** Keys that lead somewhere: `g` and a letter, and a list of them at `?`. */
import { useEffect, useRef } from 'preact/hooks';
import { linkTo } from './route.ts';
import { VIEWS } from './views.ts';

/** Between `g` and the letter. */
const WITHIN_MS = 1_500;

export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    let sinceMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '?') return dialog.current?.showModal();
      if (event.key === '/') {
        const search = document.querySelector<HTMLElement>('[data-shortcut="/"]');
        if (search) event.preventDefault();
        return search?.focus();
      }
      if (event.key === 'g') {
        sinceMs = Date.now();
        return;
      }
      const view = Date.now() - sinceMs < WITHIN_MS ? VIEWS.find(({ key }) => key === event.key) : undefined;
      sinceMs = 0;
      if (view) location.hash = linkTo(view.path);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="shortcuts-title">
      <h2 id="shortcuts-title">Keyboard</h2>
      <table class="plain">
        <caption class="hidden">Keys and what they do</caption>
        <thead>
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">Lead to</th>
          </tr>
        </thead>
        <tbody>
          {VIEWS.map(({ key, title }) => (
            <tr key={key}>
              <td>
                <kbd>g</kbd> <kbd>{key}</kbd>
              </td>
              <td>{title}</td>
            </tr>
          ))}
          <tr>
            <td>
              <kbd>/</kbd>
            </td>
            <td>the search or filter of the view</td>
          </tr>
          <tr>
            <td>
              <kbd>?</kbd>
            </td>
            <td>this list</td>
          </tr>
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
