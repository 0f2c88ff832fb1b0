/** The past without a picture: a sentence, and a table of means. */
import type { ColumnName, History } from '../page-state.ts';
import { curves, tableOf, valueInWords } from './curves.ts';
import { momentOf } from './wording.ts';

/** Rows of the table, by the hours that are shown. */
const parts: Record<number, { rows: number; words: string }> = {
  1: { rows: 12, words: '5 minutes' },
  6: { rows: 24, words: '15 minutes' },
  24: { rows: 24, words: 'hour' },
  168: { rows: 28, words: '6 hours' },
};

export function PastTable(shown: { history: History; hours: number; names: ColumnName[]; now: number }) {
  const { history, hours, names, now } = shown;
  const { rows, words } = parts[hours] ?? { rows: 24, words: 'part' };
  return (
    <details>
      <summary>The same as a table</summary>
      <p class="muted">{summaryOf(history, names)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      {/* biome-ignore lint/a11y/useSemanticElements: a section would be a landmark of its own. */}
      <div class="scroll" tabIndex={0} role="group" aria-label="Table of the past">
        <table>
          <caption>Means of each {words}, of what was told</caption>
          <thead>
            <tr>
              <th scope="col">from</th>
              {names.map((name) => (
                <th key={name} scope="col">
                  {curves[name].title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody class="figures">
            {tableOf(history, names, rows).map(({ from, values }) => (
              <tr key={from}>
                <th scope="row">{momentOf(from, now)}</th>
                {names.map((name) => (
                  <td key={name}>{valueInWords(name, values[name])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function summaryOf({ columns, from, until, marks }: History, names: ColumnName[]): string {
  const most = names
    .filter((name) => name === 'production' || name === 'consumption')
    .map(
      (name) => `${curves[name].title} up to ${valueInWords(name, Math.max(...columns[name].map((kw) => kw ?? 0)))}`,
    );
  const errors = marks.length === 0 ? 'no errors' : marks.length === 1 ? '1 error' : `${marks.length} errors`;
  return `From ${momentOf(from, until)} to ${momentOf(until, until)}: ${[...most, errors].join(', ')}.`;
}
