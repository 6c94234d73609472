import { testAgent } from './agent-suite.ts';
import { openCodeOverResponses } from './opencode.ts';

testAgent(openCodeOverResponses);
