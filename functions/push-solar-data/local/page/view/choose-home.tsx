/** Which of several homes is shown: a link for each of a few, else a list to choose from. */
import type { Homes } from '../page-state.ts';

/** So many take two or three lines on a telephone. */
const mostLinks = 6;

const addressOf = (site: string): string => `#${encodeURIComponent(site)}`;

/** @param shown absent until it is known which is the first. */
export function ChooseHome({ homes, shown }: { homes: Homes['homes']; shown: string | undefined }) {
  if (homes.length < 2) return null;
  return (
    <nav aria-label="Homes">
      {homes.length <= mostLinks ? (
        homes.map(({ site }) => (
          <a key={site} href={addressOf(site)} aria-current={site === shown ? 'page' : undefined}>
            {site}
          </a>
        ))
      ) : (
        <label>
          Home
          <select
            value={shown}
            onChange={({ currentTarget }) => {
              location.hash = addressOf(currentTarget.value);
            }}
          >
            {homes.map(({ site }) => (
              <option key={site} value={site}>
                {site}
              </option>
            ))}
          </select>
        </label>
      )}
    </nav>
  );
}
