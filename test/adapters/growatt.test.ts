import { growatt } from '../../functions/push-solar-data/adapters/growatt.ts';
import { conversation, fleetConversation } from '../conversations/growatt.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(growatt, conversation);
testAdapter(growatt, fleetConversation);
