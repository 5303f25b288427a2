/** Light, dark, or as the system has it. Kept by the browser, for this origin. */
import { signal } from '@preact/signals';

const KEY = 'shardql:theme';
const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

const stored = localStorage.getItem(KEY);
export const theme = signal<Theme>(THEMES.find((each) => each === stored) ?? 'system');

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/** Changes with what is drawn in colours that no style reaches: plots. */
export const isDark = signal(false);

export function applyTheme(): void {
  document.documentElement.dataset.theme = theme.value;
  isDark.value = theme.value === 'dark' || (theme.value === 'system' && systemIsDark.matches);
}

systemIsDark.addEventListener('change', applyTheme);

export function nextTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!;
  localStorage.setItem(KEY, theme.value);
  applyTheme();
}
