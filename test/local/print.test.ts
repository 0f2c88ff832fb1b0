import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DestinationReport, TickReport } from '../../functions/push-solar-data/core/report.ts';
import type { SourceResult } from '../../functions/push-solar-data/core/source-state.ts';
import { type Diagnosis, diagnosisTable } from '../../functions/push-solar-data/local/diagnosis.ts';
import { printReport } from '../../functions/push-solar-data/local/print.ts';

const figures = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 };
const terminal = { isTTY: true, columns: 200, write: () => true };
const at = new Date(2026, 4, 1, 12, 3, 0);

function printed(age_s: number, isTTY = true): string {
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    return true;
  };
  const output = { isTTY, columns: 200, write };
  printReport({ outcome: 'pushed', site: 'home', figures, age_s, sources: [], destinations: [], ms: 1 }, output, at);
  return text;
}

describe('the line of a tick in a terminal', () => {
  it('tells figures with their directions and their age', () => {
    assert.equal(printed(95), '12:03:00  pushed    solar 4.20 kW, exporting 1.50 kW, home uses 2.70 kW, 95 s old\n');
  });

  it('knows no age below 0, although the clock of a cloud is ahead', () => {
    assert.match(printed(-30), /, 0 s old$/m);
  });
});

describe('the line of a tick at which nothing was due', () => {
  const line = (report: Partial<TickReport>, waitingFor: string[]) => {
    let text = '';
    const write = (chunk: string | Uint8Array) => {
      text += chunk;
      return true;
    };
    const idle = { outcome: 'idle' as const, site: 'home', sources: [], destinations: [], ms: 1 };
    printReport({ ...idle, ...report }, { isTTY: true, columns: 200, write }, at, { waitingFor });
    return text;
  };

  it('tells the last figures with their age, and what comes next', () => {
    assert.equal(
      line({ figures, age_s: 240 }, ['FoxESS is asked at 12:05']),
      '12:03:00  waiting   solar 4.20 kW, exporting 1.50 kW, home uses 2.70 kW, 4 min old; FoxESS is asked at 12:05\n',
    );
  });

  it('tells why there are no figures', () => {
    assert.equal(
      line({ error: 'FoxESS refused the key' }, ['FoxESS is asked at 12:35']),
      '12:03:00  waiting   FoxESS refused the key; FoxESS is asked at 12:35\n',
    );
  });

  it('tells what comes next alone where nothing is known', () => {
    assert.equal(line({}, ['FoxESS is asked at 12:05']), '12:03:00  waiting   FoxESS is asked at 12:05\n');
  });
});

describe('the rows of destinations in a terminal', () => {
  const mqtt = { label: 'mqtt', outcome: 'failed', error: 'MQTT broker has trouble' } as const;
  const chargeHq = { label: 'charge-hq', outcome: 'pushed' } as const;
  const lines = (
    destinations: readonly DestinationReport[],
    options: { everyRow?: boolean } = {},
    problems?: string[],
  ) => {
    let text = '';
    const write = (chunk: string | Uint8Array) => {
      text += chunk;
      return true;
    };
    const report = { outcome: 'pushed' as const, site: 'home', sources: [], destinations: [...destinations], ms: 1 };
    printReport({ ...report, problems }, { isTTY: true, columns: 200, write }, at, options);
    return text
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim());
  };

  it('are the sentence alone where there is one destination', () => {
    assert.deepEqual(lines([mqtt]), ['MQTT broker has trouble']);
    assert.deepEqual(lines([chargeHq], { everyRow: true }), []);
  });

  it('say which one of several has an error', () => {
    assert.deepEqual(lines([chargeHq, mqtt]), ['mqtt: failed: MQTT broker has trouble']);
  });

  it('are not there beside the problems of the settings, which name theirs', () => {
    const missing = 'MQTT_URL is missing';
    const rows = [{ label: 'mqtt', outcome: 'failed', kind: 'settings', error: missing } as const];
    assert.deepEqual(lines(rows, {}, [missing]), [`- ${missing}`]);
  });

  it('are all there where they are asked for, unless nothing was to be told', () => {
    assert.deepEqual(lines([chargeHq, { label: 'log', outcome: 'idle' }], { everyRow: true }), [
      'charge-hq: pushed',
      'log: idle',
    ]);
    const idle = { outcome: 'idle' } as const;
    assert.deepEqual(
      lines(
        [
          { label: 'a', ...idle },
          { label: 'b', ...idle },
        ],
        { everyRow: true },
      ),
      [],
    );
  });
});

it('elsewhere it is JSON', () => {
  assert.deepEqual(JSON.parse(printed(95, false)).figures, figures);
});

it("the doctor's table knows no age below 0 either", () => {
  const now = at.getTime();
  const reading = { ...figures, tsms: now + 30_000 };
  const source = { label: 'roof', vendor: 'example', polled: true, reading, notes: [] };
  const table = diagnosisTable({ site: 'home', figures, age_s: -30, sources: [source], remarks: [] }, now, terminal);
  assert.match(table, /^age +0 s +0 s$/m);
});

describe('where there are no figures the doctor shows no table, only why', () => {
  const failing = (label: string, message: string): SourceResult => ({
    label,
    vendor: label,
    polled: true,
    notes: [],
    failure: { kind: 'auth', message },
  });
  const shown = (told: Partial<Diagnosis>) =>
    diagnosisTable({ site: 'home', sources: [], remarks: [], ...told }, at.getTime(), terminal).split('\n');

  it('each problem of the settings on a line', () => {
    const problems = ['VENDOR is missing', 'SITE must be a short name'];
    const lines = shown({ kind: 'settings', error: problems.join(' '), problems, remarks: ['SITE was trimmed'] });
    assert.deepEqual(lines, [
      'These settings must be mended:',
      '✗ VENDOR is missing',
      '✗ SITE must be a short name',
      '! SITE was trimmed',
    ]);
  });

  it('the sentence of the one source', () => {
    assert.deepEqual(shown({ error: 'Roof refused the key', sources: [failing('roof', 'Roof refused the key')] }), [
      '✗ Roof refused the key',
    ]);
  });

  it('each of several sources on a line', () => {
    const sources = [failing('roof', 'Roof refused the key'), failing('grid', 'Grid is offline')];
    const error = 'roof: Roof refused the key; grid: Grid is offline';
    assert.deepEqual(shown({ error, sources }), ['✗ roof: Roof refused the key', '✗ grid: Grid is offline']);
  });

  it('what is wrong with all of them together', () => {
    assert.deepEqual(shown({ error: 'No source measured anything' }), ['✗ No source measured anything']);
  });
});

it("no row of the doctor's table says its name again", () => {
  const everything = {
    ...figures,
    battery_discharge_kw: 0.5,
    battery_soc: 0.55,
    battery_energy_kwh: 5.5,
    imported_kwh: 1200,
    exported_kwh: 3400,
  };
  const table = diagnosisTable({ site: 'home', figures: everything, sources: [], remarks: [] }, 0, terminal);
  for (const line of table.split('\n\n')[0]?.split('\n').slice(1) ?? []) {
    const [name = '', values = ''] = line.split(/ {2,}/);
    for (const word of name.split(' ')) assert.ok(!values.includes(word), line);
  }
  assert.match(table, /^battery +gives 0\.50 kW/m);
  assert.match(table, /^state of charge +55\.0 %/m);
});
