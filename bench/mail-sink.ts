/**
 * A mail server that takes every letter and keeps none: the least that a letter can cost on the other side. A process of its own.
 *
 * It takes commands in a row (PIPELINING), as mail servers do, and answers them in one piece.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

const END = Buffer.from('\r\n.\r\n');
let letters = 0;
let bytes = 0;

const server = createServer((socket) => {
  socket.on('error', () => undefined); // who hangs up has what it wanted
  socket.write('220 bench ESMTP\r\n');
  converse(socket);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.on('message', () => process.send?.({ letters, bytes }));
process.once('disconnect', () => process.exit(0));
process.send?.({ port: (server.address() as AddressInfo).port });

function converse(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  let inText = false;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    socket.cork();
    for (;;) {
      const end = inText ? rest.indexOf(END) : rest.indexOf('\n');
      if (end < 0) {
        if (inText) rest = rest.subarray(Math.max(0, rest.length - END.length)); // what may be the beginning of its end
        socket.uncork();
        return;
      }
      const line = inText ? '.' : rest.toString('latin1', 0, end).trim().toUpperCase();
      rest = rest.subarray(end + (inText ? END.length : 1));
      if (inText) letters += 1;
      const toText = line === 'DATA';
      socket.write(line.startsWith('EHLO') ? '250-bench\r\n250-PIPELINING\r\n250 8BITMIME\r\n' : toText ? '354 go on\r\n' : inText ? '250 2.0.0 taken\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
      inText = toText;
      if (line === 'QUIT') socket.end();
    }
  });
}
