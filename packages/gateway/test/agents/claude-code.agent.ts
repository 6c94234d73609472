import { testAgent } from './agent-suite.ts';
import { claudeCode } from './claude-code.ts';

testAgent(claudeCode);
