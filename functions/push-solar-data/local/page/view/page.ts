/** The page: what the server tells of the home, as it stands. */
import './page.css';

const home = document.querySelector('#home');
const show = (text: string) =>
  home?.replaceChildren(Object.assign(document.createElement('pre'), { textContent: text }));

const events = new EventSource('/api/events');
for (const name of ['state', 'trouble'])
  events.addEventListener(name, ({ data }: MessageEvent<string>) => show(JSON.stringify(JSON.parse(data), null, 2)));
