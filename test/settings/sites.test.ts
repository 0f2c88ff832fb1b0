import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { isSeveral, sitesNamed, stackOf } from '../../functions/push-solar-data/settings/sites.ts';

describe('SITE', () => {
  for (const [text, sites, several] of [
    [undefined, ['home'], false],
    ['', ['home'], false],
    ['cabin', ['cabin'], false],
    ['home,cabin', ['home', 'cabin'], true],
    ['"home, cabin"', ['home', 'cabin'], true],
    ['home,', ['home'], true],
  ] as const)
    it(`${text ?? 'left out'} names ${sites.join(' and ')}${several ? ' in one stack' : ''}`, () => {
      assert.deepEqual(sitesNamed(text), sites);
      assert.equal(isSeveral(text), several);
    });

  it('may be a file, a home a line, with comments', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sites-')), 'homes.txt');
    writeFileSync(file, '# ours\nhome\r\n\n  cabin # since May\nbarn');
    assert.deepEqual(sitesNamed(file), ['home', 'cabin', 'barn']);
    assert.equal(isSeveral(file), true);
    assert.equal(isSeveral('homes.txt'), true);
  });

  for (const [text, sentence] of [
    ['home,Cabin', 'SITE names "Cabin": a home has a short name of small letters, digits and hyphens.'],
    ['My Home', 'SITE must be a short name of small letters, digits and hyphens (it is "My Home")'],
    ['home,cabin,home', 'SITE names home twice: leave one of them out.'],
    [',', 'SITE names no home: write one, such as home.'],
    [
      './nowhere.txt',
      'SITE names the file ./nowhere.txt, which cannot be read (ENOENT): write the name of one home a line into it.',
    ],
  ] as const)
    it(`${text} is refused`, () => assert.throws(() => sitesNamed(text), { kind: 'settings', message: sentence }));

  for (const [what, text] of [
    ['of Windows', '\uFEFFhome\r\ncabin\r\n'],
    ['of an old editor', 'home\rcabin\r'],
    ['with homes beside each other', 'home, cabin # both\n'],
  ] as const)
    it(`may be a file ${what}`, () =>
      assert.deepEqual(
        sitesNamed('a.txt', () => text),
        ['home', 'cabin'],
      ));

  it('as a file of wide letters asks for UTF-8', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'sites-')), 'homes.txt');
    writeFileSync(file, '\uFEFFhome\n', 'utf16le');
    assert.throws(() => sitesNamed(file), { kind: 'settings', message: `${file} is not saved as UTF-8: save it so.` });
  });

  it('as a file says what is wrong with it', () => {
    assert.throws(() => sitesNamed('a.txt', () => '#\n'), { message: 'a.txt names no home: write one a line.' });
    assert.throws(() => sitesNamed('a.txt', () => 'b\nb'), { message: 'a.txt names b twice: leave one of them out.' });
  });
});

describe('the stack of several homes', () => {
  for (const [SITE, STACK, stack] of [
    ['home', undefined, undefined],
    ['home', 'village', undefined],
    ['home,cabin', undefined, 'homes'],
    ['home,cabin', 'village', 'village'],
    ['home,homes-old', undefined, 'homes'],
  ] as const)
    it(`of SITE=${SITE}${STACK ? ` and STACK=${STACK}` : ''} is ${stack ?? 'none'}`, () =>
      assert.equal(stackOf({ SITE, STACK }, sitesNamed(SITE)), stack));

  for (const site of ['homes', 'homes-2'])
    it(`is never called like the home ${site}, nor is one of its functions`, () =>
      assert.throws(() => stackOf({ SITE: `home,${site}` }, ['home', site]), {
        kind: 'settings',
        message: `SITE names a home "${site}", and the stack of these homes is called "homes": give the stack another name, such as STACK=my-homes.`,
      }));

  it('has a name like a home', () =>
    assert.throws(() => stackOf({ SITE: 'a,b', STACK: 'My homes' }, ['a', 'b']), { kind: 'settings' }));
});
