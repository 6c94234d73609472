import { testAgent } from './agent-suite.ts';
import { qwenCode } from './qwen-code.ts';

testAgent(qwenCode);
