/** The page in a browser: what it shows of a home, and what becomes of it when the bridge falls silent. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { HomeState } from '../../functions/push-solar-data/local/page/page-state.ts';
import { beachHouse, hostileText, manyHomes, noon, pageCases } from '../support/page-states.ts';
import { serve } from './browser.ts';
import { open } from './opened.ts';

const flowOf = (page: Page, name: string) => page.locator('.node', { hasText: `${name}: ` });
const textOf = async (page: Page, name: string) => (await flowOf(page, name).innerText()).replaceAll(/\s+/g, ' ');
const lineOf = (page: Page, name: string) => page.locator(`[data-line=${name}]`);
const thicknessOf = async (page: Page, name: string) =>
  Number(await lineOf(page, name).locator('.bed').getAttribute('stroke-width'));

describe('the page of a home', () => {
  it('shows each flow with its word, its origin and its age, and lines that say direction and power', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay]);
    assert.equal(await textOf(page, 'Sun'), 'Sun: solar 4.20 kW measured 20 s ago');
    assert.equal(await textOf(page, 'Grid'), 'Grid: exporting 1.50 kW measured 20 s ago');
    assert.equal(await textOf(page, 'Home'), 'Home: home uses 0.70 kW derived 20 s ago');
    assert.equal(
      await textOf(page, 'Battery'),
      'Battery: battery takes 2.00 kW 64.5 % full, 6.5 kWh measured 20 s ago',
    );
    assert.equal(await lineOf(page, 'sun').locator('.from-home').count(), 0);
    for (const fed of ['grid', 'battery']) assert.equal(await lineOf(page, fed).locator('.from-home').count(), 1);
    const [grid, battery, sun] = await Promise.all(['grid', 'battery', 'sun'].map((name) => thicknessOf(page, name)));
    assert.ok((grid ?? 0) < (battery ?? 0) && (battery ?? 0) < (sun ?? 0));
    assert.equal(await flowOf(page, 'Car').count(), 0);
    assert.equal(await page.title(), 'solar 4.20 kW · exporting 1.50 kW · home');
    assert.match(await page.locator('header').innerText(), /The bridge on this machine\s+last tick \d+ s ago/);
  });

  it('asks nobody but the bridge, and nothing in it is against its own policy', async (t) => {
    const { page, server, asked, complaints } = await open(t, [pageCases.sunnyDay]);
    await page.locator('.chart canvas').nth(1).waitFor();
    assert.ok(asked.length >= 5);
    for (const address of asked) assert.ok(address.startsWith(server.address) || address.startsWith('data:'), address);
    assert.deepEqual(complaints, []);
  });

  it('shows a lacking battery as unknown, never as zero', async (t) => {
    const { page } = await open(t, [pageCases.lackingBattery]);
    assert.equal(await textOf(page, 'Battery'), 'Battery: battery power unknown charge unknown last known 7 min ago');
    assert.equal(await textOf(page, 'Home'), 'Home: consumption unknown last known 7 min ago');
    assert.equal(await page.locator('.line.of-battery.is-lacking').count(), 1);
    assert.equal(await lineOf(page, 'battery').count(), 0);
    assert.doesNotMatch(await page.locator('.scene').innerText(), /\b0\.00/);
    assert.match(await page.locator('.notices').innerText(), /In doubt\s+roof does not give the battery power now/);
    assert.match(await page.locator('.sources').innerText(), /unknown now: the battery power/);
  });

  it('shows nothing of what a home does not have', async (t) => {
    const { flows } = pageCases.sunnyDay.state;
    const state: HomeState = {
      ...pageCases.sunnyDay.state,
      flows: { ...flows, battery: { is: 'absent' } },
      charge: { is: 'absent' },
    };
    const { page } = await open(t, [{ ...pageCases.sunnyDay, state }]);
    assert.equal(await flowOf(page, 'Battery').count(), 0);
    assert.equal(await page.locator('.lines .of-battery').count(), 0);
  });

  it('shows a car where the source tells of it, fed by the home', async (t) => {
    const { flows } = pageCases.sunnyDay.state;
    const car = { ...flows.sun, words: 'car takes 1.10 kW', kw: 1.1, direction: 'away' } as typeof flows.sun;
    const state: HomeState = { ...pageCases.sunnyDay.state, flows: { ...flows, car } };
    const { page } = await open(t, [{ ...pageCases.sunnyDay, state }]);
    assert.equal(await textOf(page, 'Car'), 'Car: car takes 1.10 kW measured 20 s ago');
    assert.equal(await lineOf(page, 'car').locator('.from-home').count(), 1);
  });

  it('says why there are no figures, and when it is tried again', async (t) => {
    const { page } = await open(t, [pageCases.error]);
    assert.match(
      await page.locator('.notices').innerText(),
      /No figures since 11:49\s+Simulated home: it refuses the API key/,
    );
    assert.match(
      await page.locator('.sources').innerText(),
      /fails[\s\S]*last answer 12 min ago · next in 19 min: it refused the credentials/,
    );
    assert.match(
      await page.locator('.destinations').innerText(),
      /Charge HQ\s+was told the error\s+last message 5 s ago/,
    );
    assert.equal(await page.locator('.line:not(.is-lacking)').count(), 0);
  });

  it('says what it waits for before the first reading', async (t) => {
    const { page } = await open(t, [pageCases.beforeFirstTick]);
    assert.match(await page.locator('.now').innerText(), /the first reading shows here/);
    assert.match(await page.locator('.today').innerText(), /Nothing is known of this day yet/);
    assert.match(await page.locator('.past').innerText(), /Nothing was told in this time/);
  });

  it('shows energies of the day with the share that is known', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay]);
    const today = (await page.locator('.today').innerText()).replaceAll(/\s+/g, ' ');
    assert.match(today, /the sun gave 14\.2 kWh the home used 6\.1 kWh from the grid 1\.3 kWh to the grid 5\.9 kWh/);
    assert.match(today, /Known for 98 % of the day so far/);
  });

  it('shows one home of several, and the other by a link that can be kept', async (t) => {
    const { page } = await open(t, [pageCases.twoHomes, beachHouse]);
    const nav = page.getByRole('navigation', { name: 'Homes' });
    assert.equal(await nav.locator('[aria-current]').innerText(), 'home');
    await nav.getByRole('link', { name: 'beach-house' }).click();
    await page.getByText('roof does not give the battery power now').waitFor();
    assert.equal(await nav.locator('[aria-current]').innerText(), 'beach-house');
    await page.reload();
    await page.getByText('roof does not give the battery power now').waitFor();
  });

  it('offers many homes as a list, which keys and a link reach too', async (t) => {
    const { page } = await open(t, manyHomes(60));
    const list = page.getByRole('navigation', { name: 'Homes' }).getByLabel('Home');
    assert.equal(await list.inputValue(), 'home-1');
    assert.equal(await list.getByRole('option').count(), 60);
    await list.selectOption('home-42');
    await page.getByText('battery power unknown').waitFor();
    assert.equal(await list.inputValue(), 'home-42');
    await page.reload();
    await page.getByText('battery power unknown').waitFor();
    assert.equal(await list.inputValue(), 'home-42');
    await list.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('battery takes 2.00 kW').first().waitFor();
    assert.match(page.url(), /#home-43$/);
  });

  it("never takes a vendor's text for markup", async (t) => {
    const { page, complaints } = await open(t, [pageCases.hostile]);
    await page.locator('.mark').first().waitFor();
    assert.equal(await page.locator('#home img, #home script').count(), 0);
    assert.notEqual(await page.title(), '1');
    assert.equal(await page.locator('.sources h3 bdi').textContent(), hostileText);
    assert.deepEqual(complaints, []);
  });
});

describe('as time goes on', () => {
  it('counts ages up, and shows what the next tick tells', async (t) => {
    const { page, server } = await open(t, [pageCases.sunnyDay]);
    await page.clock.setFixedTime(noon + 15_000);
    await flowOf(page, 'Sun').getByText('35 s ago').waitFor();
    const { state } = pageCases.sunnyDay;
    const sun = { ...state.flows.sun, words: 'solar 3.10 kW' } as typeof state.flows.sun;
    server.tick({ ...state, flows: { ...state.flows, sun } });
    await flowOf(page, 'Sun').getByText('3.10 kW').waitFor();
  });

  it('says that it lost the bridge, for how long, and goes on by itself when that is back', async (t) => {
    const { page, server } = await open(t, [pageCases.sunnyDay]);
    await server.close();
    const banner = page.getByRole('status').filter({ hasText: 'No news from the bridge' });
    await banner.waitFor();
    await page.clock.setFixedTime(noon + 40_000);
    await banner.getByText('No news for 40 s.').waitFor();
    assert.match(await banner.innerText(), /What is shown was told at 12:00:00/);
    const again = await serve({ homes: [pageCases.sunnyDay], port: server.port });
    t.after(again.close);
    await banner.waitFor({ state: 'detached', timeout: 15_000 });
  });

  it('says why the home cannot be looked at, until it can', async (t) => {
    const { page, server } = await open(t, [pageCases.sunnyDay]);
    server.tick(new Failure('auth', 'AWS knows these credentials no more: run aws sso login.'));
    await page.getByRole('status').getByText('run aws sso login').waitFor();
    server.tick(pageCases.sunnyDay.state);
    await page.getByText('This home cannot be looked at now').waitFor({ state: 'detached' });
  });

  it('takes nothing for the present that was told three minutes ago', async (t) => {
    const { page } = await open(t, [pageCases.sunnyDay]);
    await page.clock.setFixedTime(noon + 181_000);
    await page.getByText('No news from the bridge').waitFor();
    assert.equal(await textOf(page, 'Sun'), 'Sun: solar power unknown last known 3 min ago');
    assert.doesNotMatch(await page.title(), /kW/);
  });
});
