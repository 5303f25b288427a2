import type { Tone } from './tag.tsx';

interface Props {
  /** 0 to 1. */
  readonly share: number;
  readonly label: string;
  readonly tone?: Tone;
  /** Where something begins, 0 to 1. */
  readonly marks?: readonly { readonly at: number; readonly label: string }[];
}

export function Meter({ share, label, tone = 'plain', marks = [] }: Props) {
  const percent = Math.min(100, Math.max(0, share * 100));
  return (
    <div class="meter" role="img" aria-label={label} title={label}>
      <div class={`meter-bar ${tone}`} style={{ width: `${percent}%` }} />
      {marks.map(({ at, label: name }) => (
        <div key={name} class="meter-mark" style={{ left: `${at * 100}%` }} title={name} />
      ))}
    </div>
  );
}
