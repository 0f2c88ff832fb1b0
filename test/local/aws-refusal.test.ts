import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusalOfAws } from '../../functions/push-solar-data/local/aws-refusal.ts';

const error = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const notFound = (region: string) =>
  error('Error', 'getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', hostname: `ssm.${region}.amazonaws.com` });

describe('what AWS or the way to it refuses is told apart', () => {
  for (const [what, thrown, kind, sentence] of [
    ['no region', error('Error', 'Region is missing'), 'settings', /^No AWS region is set: put AWS_REGION=/],
    [
      'no name of a region',
      error('Error', 'Region not accepted: region="eu central" is not a valid hostname component.'),
      'settings',
      /^AWS_REGION is no name of a region/,
    ],
    [
      'a misspelt region',
      notFound('eu-centrl-1'),
      'settings',
      /^There is no AWS region "eu-centrl-1"\. Did you mean AWS_REGION=eu-central-1\?$/,
    ],
    [
      'no network',
      notFound('eu-central-1'),
      'unavailable',
      /^AWS cannot be reached \(ENOTFOUND\): is this machine online/,
    ],
    [
      'a firewall',
      error('TimeoutError', 'x', { code: 'ETIMEDOUT' }),
      'unavailable',
      /^AWS cannot be reached \(ETIMEDOUT\)/,
    ],
    [
      'no credentials',
      error('CredentialsProviderError', 'Could not load credentials from any providers'),
      'auth',
      /^No AWS credentials were found: run "aws configure".*not read from \.env\.$/,
    ],
    [
      'no such profile',
      error(
        'CredentialsProviderError',
        'Could not resolve credentials using profile: [mine] in configuration/credentials file(s).',
      ),
      'auth',
      /^The AWS profile that AWS_PROFILE names has no credentials/,
    ],
    ['a token that has run out', error('ExpiredTokenException', 'x'), 'auth', /^Your log-in at AWS has run out/],
    [
      'an SSO log-in that has run out',
      error(
        'CredentialsProviderError',
        'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login',
      ),
      'auth',
      /^Your log-in at AWS has run out/,
    ],
    [
      'a wrong clock',
      error('InvalidSignatureException', 'Signature expired: 20260501T1 is now earlier than'),
      'unavailable',
      /clock is wrong/,
    ],
    [
      'unknown keys, or a region that is off',
      error('UnrecognizedClientException', 'x'),
      'auth',
      /^AWS does not know these credentials .*switched off for your account/,
    ],
    ['a wrong secret key', error('SignatureDoesNotMatch', 'x'), 'auth', /^AWS does not know these credentials/],
    [
      'too few rights',
      error('AccessDeniedException', 'User: a is not authorized to perform: ssm:GetParameter on'),
      'auth',
      /^AWS does not allow your credentials ssm:GetParameter/,
    ],
    [
      'anything else of AWS',
      error('InternalFailure', 'x', { $metadata: {} }),
      'unavailable',
      /^AWS does not answer \(InternalFailure\)/,
    ],
  ] as const)
    it(what, async () => {
      const failure = await refusalOfAws(thrown);
      assert.match(failure?.message ?? '', sentence);
      assert.equal(failure?.kind, kind);
    });

  it('and a bug is none of it', async () =>
    assert.equal(await refusalOfAws(new TypeError('x is undefined')), undefined));
});
