import { testAgent } from './agent-suite.ts';
import { openCodeOverMessages } from './opencode.ts';

testAgent(openCodeOverMessages);
