/** A line that says how much longer is waited for a cloud. Nothing where nobody looks; the cursor stays as it is. */
import { onOneLine } from './on-terminal.ts';

type Screen = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const frames = ['|', '/', '-', '\\'];
/** What is answered sooner needs no line. */
const patienceMs = 400;
const stepMs = 250;
const narrowest = 20;

/** The result of the work, with a line on the screen as long as it lasts. @param seconds after which it ends by itself. */
export async function shownWaiting<Result>(
  screen: Screen,
  what: string,
  seconds: number,
  work: Promise<Result>,
): Promise<Result> {
  if (!screen.isTTY) return work;
  const begun = performance.now();
  let step = 0;
  const show = () => {
    const passed = performance.now() - begun;
    if (passed < patienceMs) return;
    const left = `${Math.max(0, Math.ceil(seconds - passed / 1000))} s left`;
    const width = Math.max(narrowest, (screen.columns ?? 80) - 1);
    const beginning = `${frames[step++ % frames.length]} ${onOneLine(what)}`;
    screen.write(`\r\u001b[K${shortened(beginning, width - left.length - 2)}, ${left}`);
  };
  const timer = setInterval(show, stepMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (step > 0) screen.write('\r\u001b[K');
  }
}

/** Cut behind a word where one ends in the room there is. */
function shortened(text: string, columns: number): string {
  if (text.length <= columns) return text;
  const cut = text.slice(0, columns - 1);
  const end = text[columns - 1] === ' ' ? cut.length : cut.lastIndexOf(' ');
  return `${(end > 1 ? cut.slice(0, end) : cut).trimEnd()}…`;
}
