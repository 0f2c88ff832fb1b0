import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';

const status = 'npm run status';
const told = (command: string, texts: Record<string, string>, inFile: Record<string, string> = {}) =>
  suggested(command, texts, { inFile, platform: 'linux' });

describe('a suggested command', () => {
  it('stands alone for the usual home', () => {
    assert.equal(told(status, {}), status);
    assert.equal(told(status, { SITE: 'home' }), status);
  });

  it('names the site, the region and the profile that it would not find by itself', () => {
    const texts = { SITE: 'cabin', AWS_REGION: 'eu-west-3', AWS_PROFILE: 'mine' };
    assert.equal(told(status, texts), `SITE=cabin AWS_REGION=eu-west-3 AWS_PROFILE=mine ${status}`);
    assert.equal(told(status, texts, texts), status);
    assert.equal(told(status, texts, { ...texts, SITE: 'barn' }), `SITE=cabin ${status}`);
    assert.equal(told(status, { SITE: 'home' }, { SITE: 'barn' }), `SITE=home ${status}`);
  });

  it('names no region where it asks nothing of AWS', () => {
    const texts = { SITE: 'cabin', AWS_REGION: 'eu-west-3' };
    assert.equal(told('npm start', texts), 'SITE=cabin npm start');
    assert.equal(
      told('npm run configure -- --aws', texts),
      'SITE=cabin AWS_REGION=eu-west-3 npm run configure -- --aws',
    );
  });

  for (const [command, SITE, expected] of [
    [status, 'home,cabin', `${status} -- --site cabin`],
    ['npm run doctor -- --aws', 'home,cabin', 'npm run doctor -- --site cabin'],
    ['npm run connect -- tesla --aws', 'home,cabin', 'npm run connect -- tesla --site cabin'],
    ['npm run -s export -- --aws', 'home,cabin', 'npm run -s export -- --aws --site cabin'],
    ['npm run deploy', 'home,cabin', 'npm run deploy'],
    ['npm run deploy', 'home,barn', 'SITE=cabin npm run deploy'],
    ['npm run configure -- --aws', 'home', 'npm run configure -- --site cabin'],
    ['npm run deploy', 'home', 'SITE=cabin npm run deploy'],
  ] as const)
    it(`is about one home beside those of .env: ${command} with SITE=${SITE}`, () => {
      assert.equal(suggested(command, { SITE }, { inFile: { SITE }, platform: 'linux', site: 'cabin' }), expected);
    });

  it('names the stack of several homes and, to deploy it, where its state lies', () => {
    const texts = { SITE: 'home,cabin', STACK: 'farm', STATE_STORE: 'dynamodb' };
    assert.equal(told(status, texts), `SITE=home,cabin STACK=farm ${status}`);
    assert.equal(
      told('npm run deploy', texts, { SITE: 'home,cabin' }),
      'STACK=farm STATE_STORE=dynamodb npm run deploy',
    );
    assert.equal(told('npm run deploy', texts, texts), 'npm run deploy');
    assert.equal(told(status, { ...texts, SITE: 'home' }), status);
  });

  it('can be pasted with a profile whose name has spaces or quotes', () => {
    assert.equal(told(status, { AWS_PROFILE: "my family's" }), `AWS_PROFILE='my family'\\''s' ${status}`);
    const windows = suggested(status, { AWS_PROFILE: "my family's" }, { inFile: {}, platform: 'win32' });
    assert.equal(windows, `$env:AWS_PROFILE='my family''s'; ${status}`);
  });

  it('is written as the shell of the system understands it', () => {
    const command = suggested(status, { SITE: 'cabin' }, { inFile: {}, platform: 'win32' });
    assert.equal(command, `$env:SITE='cabin'; ${status}`);
  });
});
