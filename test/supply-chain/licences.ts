/** Licences that ask for nothing but a notice. */
const permissive = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
  'BlueOak-1.0.0',
  'CC0-1.0',
]);

/** What only tests use under a licence that asks for more, by package. */
export const allowedByName: Readonly<Record<string, string>> = {
  // Asks for the source of its own files, which are taken as they are.
  'axe-core': 'MPL-2.0',
};

/** @param licence of a package.json: a name, or a choice such as `(MIT OR CC0-1.0)`. */
export const isPermissive = (licence: unknown): boolean =>
  typeof licence === 'string' &&
  licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((name) => permissive.has(name));
