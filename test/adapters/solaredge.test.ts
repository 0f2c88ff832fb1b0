import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { solaredge } from '../../functions/push-solar-data/adapters/solaredge.ts';
import { conversation, v1Conversation } from '../conversations/solaredge.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(solaredge, conversation);
testAdapter(solaredge, v1Conversation);
