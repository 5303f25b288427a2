/** Reads the text format of Prometheus as its specification has it, and refuses whatever else. */
export interface ParsedFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: ParsedSample[];
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

export function parsePrometheus(text: string): ReadonlyMap<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  let family = '';
  let help = '';
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(name!)) throw new Error(`second HELP of ${name}`);
      family = name!;
      help = unescapeText(rest!);
    } else if (keyword === 'TYPE') {
      if (name !== family) throw new Error(`TYPE of ${name} without HELP`);
      families.set(name, { type: rest!, help, samples: [] });
    } else families.get(family)!.samples.push(parseSample(line, family));
  }
  return families;
}

function parseSample(line: string, family: string): ParsedSample {
  const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  if (!new RegExp(`^${family}(_bucket|_sum|_count)?$`).test(name)) throw new Error(`${name} is not of ${family}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < labelText.length; at = LABEL.lastIndex) {
    const match = LABEL.exec(labelText);
    if (match === null) throw new Error(`no labels: ${labelText}`);
    labels[match[1]!] = unescapeText(match[2]!);
  }
  const number = Number(value);
  if (Number.isNaN(number)) throw new Error(`no value: ${line}`);
  return { name, labels, value: number };
}

const unescapeText = (text: string): string =>
  text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
