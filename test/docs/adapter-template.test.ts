import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exampleAdapter, filesOfAdapter, slugProblem, stillOfExample, titleOf } from '../../docs/adapter-template.ts';
import { wishOf } from '../../docs/new-adapter.ts';

const root = join(import.meta.dirname, '../..');

describe('the files of a new adapter', () => {
  const files = filesOfAdapter(root, 'acme-solar', 'Acme Solar Portal');
  const [adapter = '', conversation = '', test = '', page = ''] = files.values();

  it('lie where every adapter has them', () =>
    assert.deepEqual(
      [...files.keys()],
      [
        'functions/push-solar-data/adapters/acme-solar.ts',
        'test/conversations/acme-solar.ts',
        'test/adapters/acme-solar.test.ts',
        'docs/adapters/acme-solar.md',
      ],
    ));

  it('find each other and what is shared from there', () => {
    assert.match(adapter, /^\} from '\.\/adapter\.ts';$/m);
    assert.match(conversation, /from '\.\/adapter-conversation\.ts';$/m);
    assert.match(
      test,
      /^import \{ acmeSolar \} from '\.\.\/\.\.\/functions\/push-solar-data\/adapters\/acme-solar\.ts';$/m,
    );
    assert.match(test, /from '\.\.\/conversations\/acme-solar\.ts';$/m);
    assert.match(test, /from '\.\/test-adapter\.ts';$/m);
  });

  it('bear its names', () => {
    assert.match(
      adapter,
      /^export const acmeSolar = defineAdapter\(\{\n {2}vendor: 'acme-solar',\n {2}title: 'Acme Solar Portal',$/m,
    );
    assert.match(test, /ACME_SOLAR_PLANT_ID/);
    assert.match(page, /^# Acme Solar Portal$/m);
    for (const [file, text] of files) assert.doesNotMatch(text, /example-?cloud|example_cloud/i, file);
  });

  it('have the adapter that the documents show', () =>
    assert.match(exampleAdapter(root), /^export const exampleCloud = defineAdapter\(\{$/m));
});

describe('a slug', () => {
  const taken = ['foxess', 'mqtt'];
  for (const slug of ['acme', 'acme-solar', 'sma-2', 'x1'])
    it(`may be ${slug}`, () => assert.equal(slugProblem(root, slug, taken), undefined));

  for (const [slug, sentence] of [
    ['Acme Solar', /^"Acme Solar" cannot be a slug: small letters and digits, .*, such as acme-solar$/],
    ['acme--solar', /, such as acme-solar$/],
    ['acme-', /, such as acme$/],
    ['../acme', /, such as acme$/],
    ['1acme', /, such as acme$/],
    ['', /a letter first$/],
    ['foxess', /^"foxess" is taken: VENDOR and DESTINATION know it already$/],
    ['mqtt', /^"mqtt" is taken/],
    ['units', /^"units" is taken: there is functions\/push-solar-data\/adapters\/units\.ts$/],
    ['isolarcloud-plant', /^"isolarcloud-plant" is taken: there is test\/adapters\/isolarcloud-plant\.test\.ts$/],
    ['state', /^"state" cannot be a slug: settings of the bridge itself begin with STATE$/],
    [
      'switch',
      /^"switch" cannot be a slug: its file has another use for switch\. Take a longer one, such as switch-cloud$/,
    ],
    ['watts', /another use for watts/],
    ['with-log-in', /another use for withLogIn/],
  ] as const)
    it(`cannot be "${slug}"`, () => assert.match(slugProblem(root, slug, taken) ?? '', sentence));
});

describe('npm run new-adapter', () => {
  it('makes the title of the slug, if there is no other', () => {
    assert.equal(titleOf('acme-solar'), 'Acme Solar');
    assert.deepEqual(wishOf('acme-solar'), { slug: 'acme-solar', title: 'Acme Solar' });
    assert.deepEqual(wishOf('acme', 'Acmé & Co. (2)'), { slug: 'acme', title: 'Acmé & Co. (2)' });
  });

  for (const [what, args, sentence] of [
    ['with the slug of an adapter', ['foxess'], /^"foxess" is taken/],
    ['with the slug of a destination', ['charge-hq'], /^"charge-hq" is taken/],
    ['with a title that would end a text of the code', ['acme', "Acme'"], /^--title takes letters/],
  ] as const)
    it(`says what is wrong ${what}`, () => {
      const [slug, title] = args;
      const wish = wishOf(slug, title);
      assert.match('problem' in wish ? wish.problem : 'nothing', sentence);
    });
});

describe('an adapter that names the hosts of the example', () => {
  const real = { vendor: 'acme', homepage: 'https://acme.test', baseUrl: 'https://api.acme.test' };

  it('is told with the file to change', () =>
    assert.deepEqual(stillOfExample([real, { ...real, baseUrl: 'https://api.example.com' }]), [
      'acme is still the example (https://api.example.com): put its own cloud into functions/push-solar-data/adapters/acme.ts',
    ]));

  it('is none whose host only looks like it', () =>
    assert.deepEqual(
      stillOfExample([
        { ...real, homepage: 'https://notexample.com' },
        { ...real, baseUrl: null },
      ]),
      [],
    ));
});
