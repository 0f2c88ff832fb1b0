/** The dashboard of a home as its template defines it. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { addDashboard } from '../../infra/dashboard.ts';
import type { StackDestination } from '../../infra/destinations.ts';

const place = { x: z.number(), y: z.number(), width: z.number(), height: z.number() };
const Axis = z.object({ label: z.string(), min: z.optional(z.number()), max: z.optional(z.number()) });
const MetricOptions = z.object({
  label: z.string(),
  color: z.optional(z.string()),
  yAxis: z.optional(z.literal('right')),
});

const Text = z.object({ type: z.literal('text'), ...place, properties: z.object({ markdown: z.string() }) });
const Metrics = z.object({
  type: z.literal('metric'),
  ...place,
  properties: z.object({
    view: z.enum(['singleValue', 'timeSeries']),
    title: z.string(),
    /** Namespace, name, names and values of dimensions, and at the end how it is drawn. */
    metrics: z.array(z.array(z.union([z.string(), MetricOptions]))),
    yAxis: z.optional(z.object({ left: Axis, right: z.optional(Axis) })),
  }),
});
const Query = z.object({
  type: z.literal('log'),
  ...place,
  properties: z.object({ view: z.enum(['table', 'timeSeries']), title: z.string(), query: z.string() }),
});
export const Body = z.object({ widgets: z.array(z.discriminatedUnion('type', [Text, Metrics, Query])) });

const Joined = z.object({
  'Fn::Join': z.tuple([z.string(), z.array(z.union([z.string(), z.object({ Ref: z.string() })]))]),
});

export type Widget = z.output<typeof Body>['widgets'][number];
export type DrawnMetric = z.output<typeof MetricOptions> & { name: string };

const titleOf = (widget: Widget): string => (widget.type === 'text' ? '' : widget.properties.title);

/** In the order in which they stand there. */
export const titlesOf = (widgets: readonly Widget[]): string[] => widgets.map(titleOf).filter((title) => title !== '');

/** As it would be given to CloudWatch, with references by their names. */
export function dashboardBodyOf(template: Template): unknown {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const {
    'Fn::Join': [glue, parts],
  } = Joined.parse(dashboard?.Properties.DashboardBody);
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : part.Ref)).join(glue));
}

export function dashboardOf(destinations: readonly StackDestination[], site = 'home'): Widget[] {
  const stack = new Stack(new App(), 'S');
  addDashboard(stack, { site, destinations, logGroup: new LogGroup(stack, 'Log') }, 'dashboard');
  return Body.parse(dashboardBodyOf(Template.fromStack(stack))).widgets;
}

/** The metrics of a widget, each with its name and how it is drawn. */
export function metricsOf(widget: Widget): DrawnMetric[] {
  if (widget.type !== 'metric') return [];
  return widget.properties.metrics.map((row) => {
    const [, name] = row;
    const options = row.at(-1);
    if (typeof name !== 'string' || typeof options !== 'object') throw new Error('A metric without a name or a label');
    return { name, ...options };
  });
}
