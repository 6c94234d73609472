// Begins every answer and then says nothing more.
import { createServer } from 'node:http';
import { messagesStream, responsesStream } from './answers.mjs';

const firstEvents = (stream, events) => `${stream.split('\n\n').slice(0, events).join('\n\n')}\n\n`;
const responses = firstEvents(responsesStream(), 20);
const messages = firstEvents(messagesStream(), 20);

createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(request.url.endsWith('/messages') ? messages : responses);
  });
  response.on('error', () => {});
}).listen(Number(process.argv[2]), '127.0.0.1', 4096);
