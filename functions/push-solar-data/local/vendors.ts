/** `npm run vendors`: the words that VENDOR understands, one a line. */
import { adapters } from '../adapters/index.ts';

console.log(Object.keys(adapters).join('\n'));
