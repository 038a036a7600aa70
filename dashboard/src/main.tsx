import 'uplot/dist/uPlot.min.css';
import './style/base.css';
import './style/layout.css';
import './style/parts.css';
import './style/pages.css';
import './style/table.css';
import { render } from 'preact';
import { App } from './app';
import { start } from './state/session';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
void start();
