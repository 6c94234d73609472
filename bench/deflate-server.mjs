// A WebSocket server that answers each message with a fixed stream: what compression itself costs. `node deflate-server.mjs PORT VARIANT`
import { WebSocketServer } from 'ws';
import { responsesStream } from './answers.mjs';

const variants = {
  off: false,
  'each message by itself': { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1024 },
  'client keeps its window': { serverNoContextTakeover: true, threshold: 1024 },
  'both keep their windows': { threshold: 1024 },
};
const events = responsesStream()
  .split('\n\n')
  .filter((block) => block !== '')
  .map((block) => block.slice(block.indexOf('data: ') + 6));

const server = new WebSocketServer({
  port: Number(process.argv[2]),
  host: '127.0.0.1',
  perMessageDeflate: variants[process.argv[3]],
  maxPayload: 64 * 1024 * 1024,
});
server.on('connection', (socket) => {
  socket.on('message', () => {
    for (const event of events) socket.send(event);
  });
});
