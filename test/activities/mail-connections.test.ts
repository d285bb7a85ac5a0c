/** Connections to a mail server: kept, renewed, never more than agreed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, test } from 'vitest';
import { createConnections, type Answer, type Connections } from '../../activities/mail/connections.js';

let server: SMTPServer;
let connections: Connections;
let opened: number;
let openAtOnce: number;
let received: string[];

beforeEach(async () => {
  opened = openAtOnce = 0;
  received = [];
  server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'], closeTimeout: 100,
    onConnect: (_session, done) => {
      opened += 1;
      openAtOnce = Math.max(openAtOnce, server.connections.size);
      done();
    },
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('nobody') ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null),
    onData: (stream, session, done) => {
      stream.resume();
      stream.on('end', () => {
        received.push(session.envelope.rcptTo[0]!.address);
        done();
      });
    },
  });
  server.on('error', () => undefined); // connections that a test breaks
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  connections = createConnections(`smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}?socketTimeout=500`, 3);
});
afterEach(async () => {
  connections.close();
  await new Promise<void>((resolve) => server.close(resolve));
});

const send = (to: string): Promise<Answer> => connections.send({ envelope: { from: 'desk@demo.example', to: [to] }, text: Buffer.from('Subject: hello\r\n\r\nhello\r\n') });
const codeOf = (answer: Answer) => ('error' in answer ? answer.error.responseCode : Number.parseInt(answer.response, 10));

test('one is kept for the letters that follow, also after a refusal', async () => {
  const codes = [await send('a@x.example'), await send('nobody@x.example'), await send('b@x.example')].map(codeOf);
  assert.deepEqual([codes, received, opened], [[250, 550, 250], ['a@x.example', 'b@x.example'], 1]);
});

test('it carries a hundred letters, then another takes its place', async () => {
  for (let letter = 1; letter <= 100; letter += 1) await send('a@x.example');
  assert.deepEqual([received.length, opened], [100, 1]);
  await send('a@x.example');
  assert.deepEqual([received.length, opened], [101, 2]);
});

test('three letters at once have three, and a fourth waits', async () => {
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => send(`${name}@x.example`)));
  assert.deepEqual([received.length, opened, openAtOnce], [7, 3, 3]);
});

test('where the server hung up on one that waited, a fresh one takes the letter', async () => {
  await send('a@x.example');
  for (const { _socket } of server.connections as Set<{ _socket: Socket }>) _socket.destroy();
  assert.equal(codeOf(await send('b@x.example')), 250);
  assert.deepEqual([received, opened], [['a@x.example', 'b@x.example'], 2]);
});

test('a server that is not there is an answer too, and nothing was handed over', async () => {
  const nobody = createConnections('smtp://127.0.0.1:9', 1);
  const answer = await nobody.send({ envelope: { from: 'desk@demo.example', to: ['a@x.example'] }, text: Buffer.from('hello') });
  assert.ok('error' in answer);
  assert.deepEqual([answer.error.code, answer.handedOver], ['ESOCKET', false]);
});
