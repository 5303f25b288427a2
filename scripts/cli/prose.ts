/** Text of --help that commander wraps to the terminal: only empty lines of it break lines. */
export const prose = (text: string): string => text.replace(/(?<!\n)\n(?!\n)/g, ' ');
