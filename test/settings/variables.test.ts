import assert from 'node:assert/strict';
import { it } from 'node:test';
import { secret, setting, text } from '../../functions/push-solar-data/settings/setting.ts';
import { withVariables } from '../../functions/push-solar-data/settings/variables.ts';

const settings = {
  userName: setting(text, 'Name'),
  password: secret(text, 'Password'),
  apiKey: secret(text, 'Key'),
};
const told = (sentence: string, values: Record<string, unknown> = { userName: 'me', apiKey: 'k' }) =>
  withVariables(sentence, { label: 'my-roof', settings, values });

it('names settings as their owner knows them, by the label of the source', () => {
  assert.equal(told('refused: check {userName} and {apiKey}'), 'refused: check MY_ROOF_USER_NAME and MY_ROOF_API_KEY');
  assert.equal(told('is not there: check {baseUrl}'), 'is not there: check MY_ROOF_BASE_URL');
});

it('leaves braces alone that name no setting', () => {
  assert.equal(told('{"a":1} {other} {} {toString}'), '{"a":1} {other} {} {toString}');
});

it('names the secrets that are set where the sentence cannot know which they are', () => {
  const sentence = 'refused the credentials: check them in the settings (HTTP 401)';
  assert.equal(told(sentence), 'refused the credentials: check MY_ROOF_API_KEY (HTTP 401)');
  const both = { password: 'p', apiKey: 'k' };
  assert.equal(told(sentence, both), 'refused the credentials: check MY_ROOF_PASSWORD and MY_ROOF_API_KEY (HTTP 401)');
  assert.equal(told(sentence, {}), sentence);
});
