/** The mailbox of the embedded installation, as its readers would see it (platform.md 15). */
import { Router } from 'express';
import type { ApiContext } from '../context.js';
import { toTheSecond, when } from '../format.js';
import { mailOf, oneMail } from '../mailbox.js';
import { viewerOf } from '../viewer.js';
import { sendLetterFrame } from './letter-frame.js';
import type { Present } from './present.js';
import { Query } from './query.js';

const A_PAGE = 50;

export function mailboxPages(context: ApiContext, { present }: Present): Router {
  const router = Router();

  router.get('/mail', async (request, response) => {
    const viewer = viewerOf(request);
    const query = Query.of(request);
    const before = query.text('before');
    const mails = await mailOf(context, viewer, { limit: A_PAGE + 1, before: before === '' ? null : before });
    const shown = mails.slice(0, A_PAGE);
    present(request, response, 'mailbox', {
      title: 'Test mailbox',
      section: 'mail',
      rows: shown.map(({ id, receivedAt, to, subject }) => ({ href: `/mail/${id}`, received: toTheSecond(viewer.zone, new Date(receivedAt)), to, subject })),
      first: before === '' ? null : '/mail',
      next: mails.length > A_PAGE ? query.with('/mail', { before: shown.at(-1)?.id ?? null }) : null,
    });
  });

  router.get('/mail/:mail', async (request, response) => {
    const viewer = viewerOf(request);
    const { mail } = await oneMail(context, viewer, request.params.mail);
    const letterId = /ltr-([0-9a-f]{24})@/.exec(mail.messageId)?.[1];
    present(request, response, 'mail', {
      title: mail.subject === '' ? 'No subject' : mail.subject,
      section: 'mail',
      facts: [
        { name: 'From', value: mail.from },
        { name: 'To', value: mail.to },
        { name: 'Received', value: when(viewer.zone, new Date(mail.receivedAt)).text },
      ],
      letter: letterId === undefined ? null : `/letters/sent/${letterId}`,
      html: mail.html === null ? null : `/mail/${mail.id}/html`,
      text: mail.text,
      source: `/mail/${mail.id}/source`,
      headers: mail.headers,
    });
  });

  router.get('/mail/:mail/html', async (request, response) => {
    const { mail } = await oneMail(context, viewerOf(request), request.params.mail);
    sendLetterFrame(response, mail.html);
  });

  router.get('/mail/:mail/source', async (request, response) => {
    const { source } = await oneMail(context, viewerOf(request), request.params.mail);
    response.type('text/plain').set('Cache-Control', 'no-store').send(source);
  });
  return router;
}
