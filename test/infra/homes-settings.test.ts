/** What the settings say of a stack of several homes, and what they may not say. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import { homesSettings, mostHomes } from '../../infra/homes-settings.ts';

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, nth) => `home-${nth + 1}`);

describe('the settings of a stack of several homes', () => {
  it('are none where SITE names one home', () => {
    assert.equal(homesSettings({}), undefined);
    assert.equal(homesSettings({ SITE: 'cabin', STATE_STORE: 'dynamodb' }), undefined);
  });

  it('name the homes, and keep their state in parameters unless told otherwise', () => {
    assert.deepEqual(homesSettings({ SITE: 'home, cabin' }), {
      stack: 'homes',
      sites: ['home', 'cabin'],
      stateStore: 'parameters',
      metricsOf: [],
    });
  });

  it('say what it is called, where its state lies, whose powers it measures, and who gets its mail', () => {
    const settings = {
      STACK: 'village',
      STATE_STORE: 'dynamodb',
      METRICS_OF: 'cabin,cabin',
      ALARM_EMAIL: 'a@b.example',
    };
    assert.deepEqual(homesSettings({ SITE: 'home,cabin', ...settings }), {
      stack: 'village',
      sites: ['home', 'cabin'],
      stateStore: 'dynamodb',
      metricsOf: ['cabin'],
      alarmEmail: 'a@b.example',
    });
  });

  for (const [what, settings, sentence] of [
    ['another store', { STATE_STORE: 'redis' }, /^STATE_STORE must be one of parameters, dynamodb\.$/],
    ['metrics of a stranger', { METRICS_OF: 'home,barn' }, /^METRICS_OF names barn, which SITE does not/],
    [
      'more homes than fit into parameters',
      { SITE: namesOf(mostHomes.parameters + 1).join() },
      /^SITE names 101 homes, and a stack holds 100, or 1000 with STATE_STORE=dynamodb: give the others to another stack, .*another STACK/,
    ],
    [
      'more homes than fit at all',
      { SITE: namesOf(mostHomes.dynamodb + 1).join(), STATE_STORE: 'dynamodb' },
      /^SITE names 1001 homes, and a stack holds 1000: give the others to another stack, .*another STACK/,
    ],
  ] as const)
    it(`refuse ${what}, and say what to do`, () => {
      assert.throws(
        () => homesSettings({ SITE: 'home,cabin', ...settings }),
        (error) => error instanceof Failure && error.kind === 'settings' && sentence.test(error.message),
      );
    });

  it('take as many homes as fit', () => {
    for (const STATE_STORE of ['parameters', 'dynamodb'] as const) {
      const SITE = namesOf(mostHomes[STATE_STORE]).join();
      assert.equal(homesSettings({ SITE, STATE_STORE })?.sites.length, mostHomes[STATE_STORE]);
    }
  });
});
