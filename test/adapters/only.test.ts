import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Choice, chosen, refuseOther, theOnly } from '../../functions/push-solar-data/adapters/only.ts';
import type { Failure } from '../../functions/push-solar-data/core/failure.ts';

const options = { setting: 'SMA_PLANT_ID', title: 'SMA', noun: 'plant' };
const home = { value: '1', title: 'Home' };
const barn = { value: '2', title: 'Barn' };

/** The failure in which the choice ends. */
function failureOf(choices: Choice[], more: Partial<Parameters<typeof theOnly>[1]> = {}): Failure {
  try {
    theOnly(choices, { ...options, ...more });
  } catch (error) {
    return error as Failure;
  }
  return assert.fail('it chose one');
}

describe('the only plant', () => {
  it('is taken, also if it is listed twice', () => {
    assert.equal(theOnly([home], options), home);
    assert.equal(theOnly([home, { ...home }], options).value, '1');
  });

  it('is none of several, which may be a matter of settings', () => {
    const several = () =>
      theOnly([{ value: '1' }, { value: '2' }], {
        setting: 'ACME_PLANT_ID',
        title: 'Acme',
        noun: 'plant',
        several: 'settings',
      });
    assert.throws(several, { kind: 'settings' });
  });

  it('is none of several: the sentence names the variable and what it may be', () => {
    const { kind, message } = failureOf([home, barn, { value: '3' }]);
    assert.equal(kind, 'bad-response');
    assert.equal(message, 'SMA shows several plants: set SMA_PLANT_ID to one of 1 (Home), 2 (Barn), 3');
  });

  it("is none of several: the kind is the adapter's to say", () =>
    assert.equal(failureOf([home, barn], { several: 'auth' }).kind, 'auth'));

  it('of very many is asked for with as many whole entries as a sentence holds', () => {
    const many = Array.from({ length: 500 }, (_, nth) => ({ value: String(1_000 + nth), title: 'x'.repeat(200) }));
    const { message } = failureOf(many);
    assert.ok(message.length < 300, message);
    assert.match(message, /1000 \(x{40}\), .* and \d{3} more$/);
  });

  it('is none of none: check the account, or what the adapter advises', () => {
    assert.equal(failureOf([]).message, 'SMA shows no plant: check whose account it is, or set SMA_PLANT_ID');
    const { kind, message, retryAfterSeconds } = failureOf([], {
      none: ['auth', 'let the installer share it'],
      retryAfterSeconds: 3_600,
    });
    assert.deepEqual(
      [kind, message, retryAfterSeconds],
      ['auth', 'SMA shows no plant: let the installer share it', 3_600],
    );
  });
});

describe('the chosen plant', () => {
  const choose = async (settings: { plantId?: string | number }, state: { plantId?: string }, list: Choice[]) => {
    let asked = 0;
    const ask = async () => {
      asked += 1;
      return list;
    };
    const settingName = (name: string) => `SMA_${name}`;
    const value = await chosen({ settings, state, settingName }, 'plantId', ask, { title: 'SMA', noun: 'plant' });
    return { value, asked, state };
  };

  it('is that of the setting, without a list, and not kept', async () => {
    assert.deepEqual(await choose({ plantId: 7 }, {}, [home]), { value: '7', asked: 0, state: {} });
  });

  it('is the kept one, without a list', async () => {
    assert.deepEqual(await choose({}, { plantId: '1' }, [barn]), { value: '1', asked: 0, state: { plantId: '1' } });
  });

  it('is else the only one of the list, which is kept', async () => {
    assert.deepEqual(await choose({}, {}, [barn]), { value: '2', asked: 1, state: { plantId: '2' } });
  });

  it('is asked for by the variable of its setting', async () => {
    await assert.rejects(choose({}, {}, [home, barn]), /set SMA_plantId to one of 1 \(Home\), 2 \(Barn\)/);
  });
});

describe('an answer of another plant', () => {
  const told = (answered: string | null | undefined) => () => refuseOther(answered, '1', options);

  it('is refused by both names', () => {
    const message = 'SMA answered with figures of the plant 2 instead of 1';
    assert.throws(told('2'), { kind: 'bad-response', message });
  });

  it('is none where it tells the same, or nothing', () => {
    for (const answered of ['1', null, undefined]) assert.doesNotThrow(told(answered));
  });
});
