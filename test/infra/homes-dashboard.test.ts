/** The dashboard of several homes: all of them from a few metrics, and one of them, as it is chosen, from the log. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { metricNames, stackMetricNames } from '../../functions/push-solar-data/platform/metric-names.ts';
import { ofEachStack } from '../../infra/homes-cost.ts';
import { mostInAList } from '../../infra/homes-dashboard.ts';
import type { HomesStackProps } from '../../infra/homes-stack.ts';
import { homesStackOf, homesTemplateOf, longestName, namesOf } from '../support/several-homes.ts';
import { Body, dashboardBodyOf, metricsOf, titlesOf } from '../support/stack-dashboard.ts';

const Variable = z.object({
  id: z.string(),
  type: z.literal('pattern'),
  pattern: z.string(),
  inputType: z.enum(['select', 'input']),
  defaultValue: z.string(),
  values: z.optional(z.array(z.object({ value: z.string() }))),
});
const Chosen = z.object({ start: z.string(), variables: z.tuple([Variable]) });

function dashboardOf(props: Partial<HomesStackProps> = {}) {
  const template = Template.fromStack(homesStackOf(props));
  const body = dashboardBodyOf(template);
  const { widgets } = Body.parse(body);
  const {
    start,
    variables: [variable],
  } = Chosen.parse(body);
  const queries = widgets.flatMap((widget) => (widget.type === 'log' ? [widget.properties] : []));
  return { template, body, widgets, start, variable, queries };
}

describe('the dashboard of several homes', () => {
  const { widgets, queries, variable, start } = dashboardOf();

  it('shows first all homes, worst first, then the chosen one, then errors and warnings', () => {
    assert.deepEqual(titlesOf(widgets), [
      'Now',
      'All homes, worst first (100000 minutes and more: no reading in this time)',
      'Homes in trouble',
      'On time',
      'The last hours',
      'Charge',
      'Sources and destinations',
      'Every error, of all homes',
      'Warnings, and what to do, of all homes',
    ]);
  });

  it('draws every metric of a stack, and none besides', () => {
    const drawn = new Set(widgets.flatMap(metricsOf).map(({ name }) => name));
    assert.deepEqual([...drawn].sort(), Object.values(stackMetricNames).sort());
  });

  it('says what the signs mean', () => {
    const [first] = widgets;
    assert.equal(first?.type, 'text');
    assert.match(first.properties.markdown, /^# village: 2 homes\n.*Grid: \+ importing, − exporting\./);
  });

  it('lets a home be chosen, whose name no other text of the dashboard has', () => {
    assert.equal(variable.inputType, 'select');
    assert.deepEqual(
      variable.values?.map(({ value }) => value),
      ['home', 'cabin'],
    );
    assert.equal(variable.defaultValue, 'home');
    assert.doesNotMatch(variable.pattern, /^[a-z0-9-]+$/, 'a home may be called so');
    const ofChosen = queries.filter(({ query }) => query.includes(`filter site = "${variable.pattern}"`));
    assert.deepEqual(
      ofChosen.map(({ title }) => title),
      ['The last hours', 'Charge', 'Sources and destinations'],
    );
  });

  it('wants the name typed where a list would be too long', () => {
    assert.equal(dashboardOf({ sites: namesOf(mostInAList) }).variable.inputType, 'select');
    const { variable: typed } = dashboardOf({ sites: namesOf(mostInAList + 1) });
    assert.deepEqual([typed.inputType, typed.values, typed.defaultValue], ['input', undefined, 'home-1']);
  });

  it('judges homes by their ticks alone, whatever else stands in the log', () => {
    const worstFirst = queries.find(({ title }) => title.startsWith('All homes, worst first'));
    assert.match(`${worstFirst?.query}`, /\| filter ispresent\(site\) and ispresent\(outcome\)\n\| stats .* by site\n/);
  });

  it('names the home in every row about several', () => {
    for (const { title, query } of queries.filter(({ query: each }) => !each.includes(variable.pattern)))
      assert.match(query, /by site|fields @timestamp, site,/, title);
  });

  it('draws the powers of the chosen home minute by minute, by the titles of the page', () => {
    const powers = queries.find(({ title }) => title === 'The last hours');
    assert.equal(powers?.view, 'timeSeries');
    assert.match(
      `${powers?.query}`,
      /stats avg\(figures\.production_kw\) as Sun, avg\(figures\.consumption_kw\) as Home, avg\(figures\.net_import_kw\) as Grid, avg\(figures\.battery_discharge_kw\) as Battery by bin\(1m\)$/,
    );
  });

  it('reads a few hours of the log unless more is asked for, and has an index where it looks for a home', () => {
    assert.equal(start, `-PT${ofEachStack.shownHours}H`);
    homesTemplateOf().hasResourceProperties('AWS::Logs::LogGroup', {
      FieldIndexPolicies: [{ Fields: ['site', 'outcome'] }],
    });
  });

  it('draws the powers of homes that have metrics', () => {
    const named = dashboardOf({ metricsOf: ['cabin'] });
    const [graph] = named.widgets.filter((widget) => widget.type === 'metric' && widget.properties.title === 'cabin');
    assert.ok(graph);
    assert.deepEqual(
      metricsOf(graph).map(({ name }) => name),
      ['production_kw', 'consumption_kw', 'net_import_kw', 'battery_discharge_kw'].map(
        (name) => metricNames[name as keyof typeof metricNames],
      ),
    );
  });

  it('fills each row, so that CloudWatch moves nothing', () => {
    for (const [y, row] of Map.groupBy(widgets, (each) => each.y)) {
      const width = row.reduce((sum, each) => sum + each.width, 0);
      assert.deepEqual([width, new Set(row.map(({ height }) => height)).size], [24, 1], `row at ${y}`);
    }
  });

  it('stays within what CloudWatch takes, however many homes have metrics', () => {
    const sites = Array.from({ length: 200 }, (_, nth) => longestName(nth));
    const { widgets: all, template } = dashboardOf({ sites, metricsOf: sites });
    assert.ok(all.length <= 500);
    assert.ok(all.flatMap(metricsOf).length <= 2_500);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });

  it('saves its queries by the name of the stack', () => {
    const saved = Object.values(homesTemplateOf().findResources('AWS::Logs::QueryDefinition'));
    assert.deepEqual(saved.map(({ Properties }) => Properties.Name).sort(), [
      'Solar Cloud Bridge village/all homes, worst first',
      'Solar Cloud Bridge village/every error',
      'Solar Cloud Bridge village/warnings and what to do',
      'Solar Cloud Bridge village/what happened in the last hour',
    ]);
    for (const { Properties } of saved) assert.match(Properties.QueryString, /\bsite\b/, Properties.Name);
  });
});
