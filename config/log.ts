/**
 * The log of a process: JSON lines of pino on standard output.
 *
 * Logs are read by more people and kept longer than letters, so they hold ids and no personal data: what a caller passes
 * by accident under one of these names is hidden, at the top and one level down.
 */
import { pino, type Logger } from 'pino';

export type Log = Logger;

const personal = [
  'email', 'to', 'cc', 'bcc', 'recipient', 'phone', 'firstName', 'lastName', 'patronName', 'primaryId', 'barcode',
  'birthDate', 'body', 'subject', 'html', 'text',
];
const secret = ['password', 'passwordHash', 'secret', 'token', 'apiKey', 'authorization', 'cookie', 'uri', 'smtpUrl', 'mongodbUri'];
const hidden = [...personal, ...secret];

export function createLog(processName: string, level: string): Log {
  return pino({
    level,
    base: { process: processName, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        ...hidden, ...hidden.map((name) => `*.${name}`),
        'req.headers.authorization', 'req.headers.cookie', 'res.headers["set-cookie"]',
      ],
      censor: '(hidden)',
    },
  });
}
