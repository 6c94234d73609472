import { testAgent } from './agent-suite.ts';
import { geminiCli } from './gemini-cli.ts';

testAgent(geminiCli);
