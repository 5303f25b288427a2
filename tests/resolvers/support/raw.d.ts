/** Files as text, as Vite imports them. */
declare module '*.md?raw' {
  const text: string;
  export default text;
}
