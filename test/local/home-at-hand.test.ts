import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { accountOf } from '../../functions/push-solar-data/local/aws-account.ts';
import {
  inShort,
  oneHome,
  refuseSeveral,
  remarkOnAnother,
  settingsOfHome,
} from '../../functions/push-solar-data/local/home-at-hand.ts';

const home = { VENDOR: 'foxess', FOXESS_API_KEY: 'made-up', ALARM_EMAIL: 'me@example.com', AWS_REGION: 'eu-west-3' };
const deployment = { ALARM_EMAIL: 'me@example.com', AWS_REGION: 'eu-west-3' };

describe('the settings at hand', () => {
  for (const [what, environment, inFile, site, expected] of [
    ['of the only home are all', {}, { ...home, SITE: 'cabin' }, undefined, { ...home, SITE: 'cabin' }],
    ['come from the environment first', { VENDOR: 'solax' }, home, undefined, { ...home, VENDOR: 'solax' }],
    ['of a home that the file may well be of are all', { SITE: 'cabin' }, home, undefined, { ...home, SITE: 'cabin' }],
    [
      'of another home than the one of .env are none of that',
      { SITE: 'cabin', VENDOR: 'solax' },
      { ...home, SITE: 'home' },
      undefined,
      { ...deployment, SITE: 'cabin', VENDOR: 'solax' },
    ],
    [
      'of several homes are those of the deployment alone, wherever they stand',
      { VENDOR: 'solax', PATH: '/bin' },
      { ...home, SITE: 'home,cabin' },
      undefined,
      { ...deployment, SITE: 'home,cabin' },
    ],
    [
      'with --site are those of the deployment alone',
      { VENDOR: 'solax', AWS_PROFILE: 'mine' },
      { ...home, SITE: 'home' },
      'cabin',
      { ...deployment, SITE: 'home', AWS_PROFILE: 'mine' },
    ],
  ] as const)
    it(what, () => assert.deepEqual(settingsOfHome(environment, inFile, site).settings, expected));
});

describe('an account', () => {
  for (const [what, SITE, site, expected] of [
    ['of one home', undefined, undefined, { site: 'home', sites: ['home'], stack: undefined }],
    ['of several', 'home,cabin', undefined, { site: 'home', sites: ['home', 'cabin'], stack: 'homes' }],
    ['of one of several', 'home,cabin', 'cabin', { site: 'cabin', sites: ['cabin'], stack: 'homes' }],
    ['of a home beside them', 'home,cabin', 'barn', { site: 'barn', sites: ['barn'], stack: undefined }],
    ['of another home', 'home', 'cabin', { site: 'cabin', sites: ['cabin'], stack: undefined }],
  ] as const)
    it(what, () => {
      const account = accountOf(SITE ? { SITE } : {}, [], site);
      assert.deepEqual({ site: account.site, sites: account.sites, stack: account.stack }, expected);
    });

  it('takes one home at a time with --site', () =>
    assert.throws(() => accountOf({}, [], 'cabin,barn'), { message: '--site takes one home: --site cabin' }));
});

describe('--site', () => {
  for (const [site, sentence] of [
    ['homes', /^"homes" is the stack of the homes and none of them: leave --site out for all\.$/],
    ['./homes.txt', /^--site takes the name of one home/],
    ['Cabin', /^--site takes the name of one home/],
    ['', /^--site takes the name of one home/],
  ] as const)
    it(`${site || 'of nothing'} is refused`, () =>
      assert.throws(() => accountOf({ SITE: 'home,cabin' }, [], site), { kind: 'settings', message: sentence }));
});

describe('a .env of another home', () => {
  it('is told of, because its settings are not used', () => {
    assert.match(
      remarkOnAnother({ ...home, SITE: 'home' }, { SITE: 'cabin' }).join(),
      /^\.env is that of the home "home", so that its settings are not used for "cabin": /,
    );
    for (const SITE of ['home', undefined]) assert.deepEqual(remarkOnAnother(home, { SITE }), []);
    assert.deepEqual(remarkOnAnother({ ...home, SITE: 'cabin' }, { SITE: 'cabin' }), []);
  });
});

describe('a command for one home', () => {
  it('says which there are, and how to name one', () =>
    assert.throws(() => oneHome(accountOf({ SITE: 'home,cabin' }), 'npm run doctor -- --aws'), {
      kind: 'settings',
      message: 'SITE names 2 homes (home, cabin): say which, as in npm run doctor -- --aws --site home',
    }));

  it('names few of many', () => assert.equal(inShort(['a', 'b', 'c', 'd'], 2), 'a, b and 2 more'));

  it('on this machine is refused where SITE names several', () => {
    refuseSeveral({ SITE: 'home' }, 'npm start');
    assert.throws(() => refuseSeveral({ SITE: 'home,cabin' }, 'npm start'), {
      kind: 'settings',
      message:
        'SITE names several homes (home, cabin), which run on AWS: npm run deploy. ' +
        'npm start is for one home on this machine: give each a folder of its own, with its .env there.',
    });
  });
});
