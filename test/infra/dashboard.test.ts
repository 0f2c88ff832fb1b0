/** The dashboard at AWS has the order, the words and the colours of the page, and draws no metric that costs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { curves, valueInWords } from '../../functions/push-solar-data/local/page/view/curves.ts';
import { destinationFailed, metricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { typicalSite } from '../../infra/cost.ts';
import { colours } from '../../infra/dashboard-parts.ts';
import { dashboardOf, metricsOf, titlesOf, type Widget } from '../support/stack-dashboard.ts';

const view = join(import.meta.dirname, '../../functions/push-solar-data/local/page/view');
const viewFile = (name: string): string => readFileSync(join(view, name), 'utf8');

const chargeHq = { label: 'charge-hq', slug: 'charge-hq', title: 'Charge HQ' };
const mqtt = { label: 'mqtt', slug: 'mqtt', title: 'MQTT broker' };
const widgets = dashboardOf([chargeHq, mqtt]);

function titled(title: string): Widget {
  const widget = widgets.find((each) => each.type !== 'text' && each.properties.title === title);
  assert.ok(widget, `no widget ${title}`);
  return widget;
}
const labelsOf = (title: string): string[] => metricsOf(titled(title)).map(({ label }) => label);

describe('the dashboard of a home', () => {
  it('has the order of the page: now, the last hours, sources, destinations, trouble', () => {
    assert.deepEqual(titlesOf(widgets), [
      'Now',
      'The last hours',
      'Charge',
      'Sources',
      'Destinations',
      'In doubt',
      'Every error',
      'Warnings, and what to do',
    ]);
    const places = widgets.map(({ x, y }) => y * 24 + x);
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
  });

  it('has the titles of the page', () => {
    const page = ['app.tsx', 'sources.tsx', 'destinations.tsx', 'notices.tsx'].map(viewFile).join('\n');
    for (const title of ['Now', 'Sources', 'Destinations', 'In doubt']) {
      assert.ok(page.includes(`>${title}</h2>`) || page.includes(`title="${title}"`), title);
      titled(title);
    }
  });

  it('tells of sun, home, grid, battery and charge in that order, and what the signs mean', () => {
    const powers = ['Sun', 'Home', 'Grid (+ importing, − exporting)', 'Battery (+ giving, − taking)'];
    assert.deepEqual(labelsOf('Now'), [...powers, 'Charge, %', 'Age of the figures, s']);
    assert.deepEqual(labelsOf('The last hours'), powers);
    assert.deepEqual(labelsOf('Charge'), ['Charge, %']);
    const [first] = widgets;
    assert.equal(first?.type, 'text');
    const { markdown } = first.properties;
    assert.match(markdown, /^# home\n/);
    assert.match(markdown, /Grid: \+ importing, − exporting\. Battery: \+ giving, − taking\./);
  });

  it('means by the signs what the page means', () => {
    const [, , grid, battery] = metricsOf(titled('The last hours'));
    assert.deepEqual([grid?.name, battery?.name], [metricNames.net_import_kw, metricNames.battery_discharge_kw]);
    assert.deepEqual(
      [valueInWords('net_import', 1), valueInWords('net_import', -1)],
      ['importing 1.00 kW', 'exporting 1.00 kW'],
    );
    assert.deepEqual([valueInWords('battery', 1), valueInWords('battery', -1)], ['gives 1.00 kW', 'takes 1.00 kW']);
  });

  it('says of each destination what the page says', () => {
    assert.deepEqual(labelsOf('Destinations'), [
      'Charge HQ took the figures',
      'Charge HQ was not reached',
      'MQTT broker was not reached',
    ]);
  });

  it('has the colours of the page', () => {
    const [light = ''] = viewFile('theme.css').split('@media');
    for (const [name, colour] of Object.entries(colours)) assert.ok(light.includes(`--${name}: ${colour};`), name);
    const drawn = metricsOf(titled('The last hours')).map(({ color }) => color);
    const { production, consumption, net_import, battery } = curves;
    const ofPage = [production, consumption, net_import, battery].map(({ colour }) => Object(colours)[colour]);
    assert.deepEqual(drawn, ofPage);
  });

  it('fills each row, so that CloudWatch moves nothing', () => {
    const rows = Map.groupBy(widgets, ({ y }) => y);
    for (const [y, row] of rows) {
      assert.equal(
        row.reduce((sum, { width }) => sum + width, 0),
        24,
        `row at ${y}`,
      );
      assert.equal(new Set(row.map(({ height }) => height)).size, 1, `row at ${y}`);
    }
  });

  it('draws the metrics that the function writes, and none besides', () => {
    const drawn = (all: readonly Widget[]) => [...new Set(all.flatMap(metricsOf).map(({ name }) => name))].sort();
    const free = Object.values(metricNames).sort();
    assert.deepEqual(drawn(dashboardOf([chargeHq])), free);
    assert.equal(free.length, typicalSite.customMetrics);
    assert.deepEqual(drawn(widgets), [...free, destinationFailed].sort());
  });
});
