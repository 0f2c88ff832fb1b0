/** The page: shows the home that its address names, live. */
import { render } from 'preact';
import { App } from './app.tsx';
import './page.css';

const home = document.querySelector('#home');
if (home) render(<App />, home);
