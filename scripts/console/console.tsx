/** The console in the browser. Bundled by `build-console.ts`; everything it loads comes from this server. */
import { render } from 'preact';
import { App } from './app/app.tsx';
import { applyTheme } from './app/theme.ts';
import 'uplot/dist/uPlot.min.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';

applyTheme();
render(<App />, document.getElementById('console')!);
