/** All commands for owners: what each does, its options, examples and exit codes. Its help, its parsing and docs/commands.md come from here. */

export type CommandOption = {
  type: 'boolean' | 'string';
  multiple?: true;
  short?: string;
  /** What stands for the value in the help. */
  value?: string;
  help: string;
};

export type Command = {
  /** `npm start`, or `npm run` and its name. */
  run: string;
  /** One sentence. */
  does: string;
  /** Words besides options: how they are shown, what they mean, and how many there may be. */
  words?: { shown: string; help: string; most: number };
  options: Readonly<Record<string, CommandOption>>;
  /** What a word of an option's kind means that stands where none may, in a sentence. */
  advice?: string;
  /** What follows a further `--` goes to this command of CDK as it stands. */
  cdk?: string;
  examples: readonly (readonly [command: string, what: string])[];
  /** By exit code. */
  ends: Readonly<Record<number, string>>;
};

const aws = (help: string) => ({ type: 'boolean', help }) as const;
const site = (help: string) => ({ type: 'string', value: 'cabin', help }) as const;
const context = {
  type: 'string',
  short: 'c',
  multiple: true,
  value: 'NAME=value',
  help: 'SITE, STACK, STATE_STORE, METRICS_OF, VENDOR, DESTINATION, ALARM_EMAIL or reserveConcurrency for this time, before the environment and .env',
} as const;
const verbose = { type: 'boolean', short: 'v', help: 'shows what CDK does, step by step' } as const;
const wrong = 'the settings, the credentials or the command line are wrong';

const wrongLine = 'the command line is wrong';

export const commands = {
  start: {
    run: 'npm start',
    does: 'Reads your home and tells its destinations once a minute, until Ctrl+C; without any settings it shows a simulated home.',
    options: {},
    examples: [['npm start', 'runs the bridge on this machine']],
    ends: { 0: 'ended by Ctrl+C', 1: 'the last reading could not be told', 2: wrong },
  },
  tick: {
    run: 'npm run -s tick',
    does: 'Reads and tells exactly once, for scripts: one line of JSON where nobody looks.',
    options: {},
    examples: [['npm run -s tick', 'one reading, and nothing of npm around it']],
    ends: { 0: 'pushed, or nothing was due', 1: 'an error was told, or nobody could be told', 2: wrong },
  },
  doctor: {
    run: 'npm run doctor',
    does: 'Reads every source once and shows each figure with its direction in words; pushes nothing.',
    options: {
      send: { type: 'boolean', help: 'sends this reading to every destination, and says what each answered' },
      aws: aws(
        'reads with the settings and log-ins of the bridge on AWS; writes nothing there but a log-in that it had to renew',
      ),
      site: site('the same for this home, where SITE names several, or for another than in .env'),
    },
    examples: [
      ['npm run doctor', 'looks with the settings of this machine'],
      ['npm run doctor -- --send', 'tries the destinations too'],
      ['npm run doctor -- --aws', 'looks as the deployed bridge does'],
    ],
    ends: { 0: 'there are figures', 1: 'a source or a destination failed', 2: wrong },
  },
  configure: {
    run: 'npm run configure',
    does: 'Asks for the settings of your home, tries them, and stores them in .env or on AWS.',
    options: {
      set: {
        type: 'string',
        multiple: true,
        value: 'NAME=value',
        help: 'sets this and asks nothing, may be repeated; NAME= removes the setting; NAME=- reads the value from standard input, or asks for it: a secret is taken in no other way',
      },
      aws: aws('secrets go into encrypted parameters on AWS instead of .env'),
      site: site(
        'this home on AWS: all its settings are read from, and stored in, its parameters there, and none in .env',
      ),
      'no-check': { type: 'boolean', help: 'with --set: stores without a first read' },
    },
    advice:
      'Settings are given as: npm run configure -- --set NAME=value (mind the two hyphens in the middle), secrets as NAME=-',
    examples: [
      ['npm run configure', 'asks for everything, or for what is to be changed'],
      ['npm run configure -- --aws', 'the same for the bridge on AWS'],
      ['npm run configure -- --set MAX_POWER_KW=12', 'changes one setting'],
      ['npm run configure -- --set FOXESS_API_KEY=- < key.txt', 'takes a secret from a file'],
    ],
    ends: {
      0: 'stored, or nothing to change',
      1: 'the read failed: nothing was stored',
      2: wrong,
      130: 'ended by Ctrl+C: nothing was changed',
    },
  },
  connect: {
    run: 'npm run connect',
    does: 'Gives the bridge access to a cloud that wants your consent once in a browser; npm run configure asks for what it needs.',
    words: { shown: '<vendor>', help: 'the word of VENDOR, or the label of the source', most: 1 },
    options: {
      aws: aws('settings are read from, and stored in, the parameters of the site on AWS'),
      site: site('the same for this home, where SITE names several, or for another than in .env'),
      'no-browser': { type: 'boolean', help: 'only prints the address' },
      port: {
        type: 'string',
        value: '8917',
        help: 'where this machine waits for the browser, for clouds that send it here',
      },
    },
    examples: [
      ['npm run connect -- enphase', 'opens the page of the maker'],
      ['npm run connect -- enphase --aws --no-browser', 'for the bridge on AWS, from a machine without a browser'],
    ],
    ends: { 0: 'stored', 1: 'refused, or failed', 2: wrong, 130: 'ended by Ctrl+C: nothing was changed' },
  },
  vendors: {
    run: 'npm run vendors',
    does: 'Lists the words that VENDOR understands, or finds them by a maker, a brand, an app or the host of a portal.',
    words: { shown: '[name]', help: 'what stands on the inverter, the app or the portal', most: 9 },
    options: {},
    examples: [
      ['npm run vendors', 'all of them'],
      ['npm run vendors -- huawei', 'those that huawei may mean'],
    ],
    ends: { 0: 'found', 1: 'none is known by that name', 2: wrongLine },
  },
  deploy: {
    run: 'npm run deploy',
    does: 'Puts the bridge into your AWS account with CDK, or brings it up to date, and says what it still lacks.',
    options: {
      context,
      'require-approval': {
        type: 'string',
        value: 'never',
        help: 'whether CDK asks before it gives the stack rights: never, any-change or broadening; with never, homes move into one stack without a question too',
      },
      verbose,
    },
    cdk: 'deploy',
    examples: [
      ['npm run deploy', 'the home of .env, or the homes that SITE names there'],
      ['npm run deploy -- -c SITE=cabin', 'a home with a stack of its own, beside those of .env'],
      ['npm run deploy -- --require-approval never', 'in scripts, where nobody can be asked'],
      ['npm run deploy -- -c reserveConcurrency=true', 'never two readings at once'],
      ['npm run deploy -- -- --no-rollback', 'with an option of CDK itself'],
    ],
    ends: { 0: 'deployed', 1: 'CDK or AWS failed', 2: wrong },
  },
  status: {
    run: 'npm run status',
    does: 'Shows the last reading of the bridge on AWS in words, and whether it runs; of several homes all, worst first. Right after a deployment it waits for the first one.',
    options: {
      json: {
        type: 'boolean',
        help: 'writes one line of JSON for each home, also in a terminal; docs/commands.md describes it',
      },
      site: site('this home alone, where SITE names several, or another than in .env'),
    },
    examples: [
      ['npm run status', 'how it is, or how all homes of SITE are'],
      ['npm run status -- --site cabin', 'one of several homes in full'],
      ['npm run -s status -- --json', 'for a program'],
    ],
    ends: {
      0: 'figures were pushed, and the bridge runs; of several homes for each',
      1: 'it tells an error, or does not run; of several homes for one or more',
      2: wrong,
    },
  },
  page: {
    run: 'npm run page',
    does: 'Shows a page with the homes of the bridge on AWS, live and with their past, on this machine alone, until Ctrl+C.',
    options: {
      'no-open': { type: 'boolean', help: 'only prints the address, and opens no browser' },
      site: site('begins with this home, where SITE names several, or with another than in .env'),
    },
    examples: [
      ['npm run page', 'opens the page in the browser'],
      ['npm run page -- --no-open', 'on a machine without a browser'],
    ],
    ends: { 0: 'ended by Ctrl+C', 1: 'AWS does not answer, or there is no port for it', 2: wrong },
  },
  export: {
    run: 'npm run export',
    does: 'Writes the history of a home for spreadsheets: what npm start has kept on this machine, or what stands in the log on AWS.',
    options: {
      from: {
        type: 'string',
        value: '2026-05-01',
        help: 'from then on, in the time of this machine, also 2026-05-01T06:00; default: all there is',
      },
      to: { type: 'string', value: '2026-05-08', help: 'until before then; default: now' },
      csv: { type: 'boolean', help: 'a table for spreadsheets, as without it' },
      json: { type: 'boolean', help: 'the ticks as they were, a line of JSON each' },
      out: { type: 'string', value: 'history.csv', help: 'into a file' },
      aws: aws('the history of the bridge on AWS, from its log'),
      site: site('of this home, where SITE names several, or of another than in .env'),
    },
    examples: [
      ['npm run -s export -- --from 2026-05-01 --to 2026-05-08 --out week.csv', 'a week of this machine'],
      ['npm run -s export -- --aws --out history.csv', 'all of the bridge on AWS'],
      ['npm run -s export -- --aws --site cabin --out cabin.csv', 'all of one of several homes there'],
    ],
    ends: { 0: 'written', 1: 'there is nothing of that time, or AWS does not answer', 2: wrong },
  },
  logs: {
    run: 'npm run logs',
    does: 'Shows the last ticks of the bridge on AWS, a line each; of several homes behind their names.',
    options: {
      minutes: { type: 'string', value: '30', help: 'how far back' },
      site: site('those of this home alone, where SITE names several, or of another than in .env'),
    },
    examples: [
      ['npm run logs', 'the last half hour'],
      ['npm run logs -- --minutes 240', 'the last four hours'],
      ['npm run logs -- --site cabin', 'those of one of several homes'],
    ],
    ends: { 0: 'shown', 1: 'there was no tick in that time', 2: wrong },
  },
  destroy: {
    run: 'npm run destroy',
    does: 'Removes the bridge from your AWS account, and says which parameters stay and how to delete them.',
    options: {
      context,
      force: { type: 'boolean', short: 'f', help: 'does not ask whether you are sure' },
      verbose,
    },
    cdk: 'destroy',
    examples: [['npm run destroy', 'asks, and removes the home of .env, or the stack of those that SITE names there']],
    ends: { 0: 'removed', 1: 'CDK or AWS failed, or you said no', 2: `${wrong}, or there was nothing to remove` },
  },
  simulate: {
    run: 'npm run simulate',
    does: 'Plays a whole day of a simulated home against local stand-ins, and prints what came of it.',
    options: {},
    examples: [['npm run simulate', 'takes some seconds']],
    ends: { 0: 'the day was played', 1: 'the bridge failed', 2: wrongLine },
  },
  'simulate:fleet': {
    run: 'npm run simulate:fleet',
    does: 'Plays many homes in shared stacks against local stand-ins of clouds, destinations and AWS, and says what that takes; for those who change the code.',
    options: {
      homes: { type: 'string', value: '1,5,50', help: 'how many, one fleet after the other; default: 50' },
      minutes: { type: 'string', value: '90', help: 'how long; default: 90, and 10 of more than 1,000 homes' },
      state: {
        type: 'string',
        value: 'dynamodb',
        help: 'where their state lies: parameters or dynamodb; default: as so many homes need it',
      },
      'homes-a-region': {
        type: 'string',
        value: '500',
        help: 'how many share an account and region; default: as many as a stack holds',
      },
      first: { type: 'boolean', help: 'the first deployment of all: nothing is stored of any home' },
      seed: { type: 'string', value: '7', help: 'other chances' },
      write: {
        type: 'boolean',
        help: 'writes infra/fleet-measured.json, from which the documents compute what it costs',
      },
    },
    examples: [
      ['npm run simulate:fleet', 'takes some minutes'],
      ['npm run simulate:fleet -- --homes 10000 --write', 'as many as the documents speak of'],
    ],
    ends: { 0: 'played, and nothing was wrong', 1: 'something was wrong with a home', 2: wrongLine },
  },
  generate: {
    run: 'npm run generate',
    does: 'Writes what documents and lists repeat from the code, and says what is missing; for those who change the code.',
    options: { check: { type: 'boolean', help: 'changes nothing, and fails if something is out of date or missing' } },
    examples: [['npm run generate', 'after a change of settings, adapters, destinations or commands']],
    ends: { 0: 'written, or up to date', 1: 'with --check: out of date or missing', 2: wrongLine },
  },
  'new-adapter': {
    run: 'npm run new-adapter',
    does: 'Writes an adapter, its conversation, its test and its page from an example, so that npm test is green; for those who add a cloud.',
    words: { shown: '<slug>', help: 'the word that owners will write into VENDOR, such as example-cloud', most: 1 },
    options: {
      title: {
        type: 'string',
        value: '"Its name"',
        help: 'the product as its owners know it; default: made of the slug (Example Cloud)',
      },
    },
    examples: [['npm run new-adapter -- acme-solar', 'then make it the real one, step by step']],
    ends: { 0: 'written', 1: 'the files could not be laid out', 2: 'the command line is wrong, or the slug is taken' },
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;
