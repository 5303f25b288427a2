/** The documentation of this release, from this server: offline, and as old or new as the API. */
import { MarkdownContent } from '@graphiql/react';
import { type MouseEvent, useEffect, useRef, useState } from 'react';

const FILES = '/_shardql/graphiql/';

interface GuidePage {
  /** Of its file, without ending. */
  readonly name: string;
  readonly title: string;
}

/** A plugin of GraphiQL. */
export const guidePlugin = () => ({ title: 'Guide', icon: GuideIcon, content: Guide });

function Guide() {
  const [pages, setPages] = useState<readonly GuidePage[]>([]);
  const [place, setPlace] = useState({ name: 'README', anchor: '' });
  const [text, setText] = useState('');
  const body = useRef<HTMLDivElement>(null);

  useEffect(() => {
    fetchText('guide').then((list) => setPages(JSON.parse(list)));
  }, []);
  useEffect(() => {
    let isCurrent = true;
    fetchText(`guide-${place.name}`).then((page) => isCurrent && setText(page));
    return () => {
      isCurrent = false;
    };
  }, [place.name]);
  useEffect(() => {
    const headings = [...(body.current?.querySelectorAll('h1, h2, h3, h4') ?? [])];
    const target = headings.find((each) => anchorOf(each.textContent ?? '') === place.anchor);
    if (text !== '') (target ?? body.current?.parentElement)?.scrollIntoView();
  }, [text, place.anchor]);

  const follow = (event: MouseEvent<HTMLDivElement>) => {
    const link = (event.target as Element).closest('a');
    const href = link?.getAttribute('href') ?? null;
    if (link === null || href === null) return;
    const [, name = place.name, anchor = ''] = /^(?:([\w-]+)\.md)?(?:#(.*))?$/.exec(href) ?? [];
    const isKnown = /^(?:[\w-]+\.md)?(?:#.*)?$/.test(href) && pages.some((page) => page.name === name);
    if (isKnown) {
      event.preventDefault();
      setPlace({ name, anchor });
    } else if (/^https?:/.test(href)) {
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noreferrer');
    } else {
      // Files of the source, which are not here.
      event.preventDefault();
    }
  };

  return (
    <div className="shardql-panel">
      <h2>Guide</h2>
      <label>
        Page{' '}
        <select value={place.name} onChange={({ target }) => setPlace({ name: target.value, anchor: '' })}>
          {pages.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: links in it are pressed by keys, too */}
      <div ref={body} onClick={follow}>
        <MarkdownContent type="description">{text}</MarkdownContent>
      </div>
    </div>
  );
}

const fetchText = async (name: string): Promise<string> => {
  const response = await fetch(`${FILES}${name}.txt`);
  return response.ok ? await response.text() : '';
};

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const GuideIcon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <circle cx="12" cy="12" r="9" />
    <path d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.1" strokeLinecap="round" />
  </svg>
);
