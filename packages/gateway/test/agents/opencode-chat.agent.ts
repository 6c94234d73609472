import { testAgent } from './agent-suite.ts';
import { openCodeOverChat } from './opencode.ts';

testAgent(openCodeOverChat);
