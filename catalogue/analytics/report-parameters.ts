import { z } from 'zod';

/** The three analytics jobs differ in when they run alone. */
export const reportParameters = z.strictObject({
  maxWaitMinutes: z.int().min(0).default(120),
  /** Local time HH:mm: facts brought up to date since then are fresh. */
  freshAfter: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('00:00'),
  maxRows: z.int().min(1).default(50_000),
  pdfMaxRows: z.int().min(1).default(2_000),
  maxAttachmentMb: z.int().min(1).default(10),
  queryTimeoutSeconds: z.int().min(1).default(600),
  resultDays: z.int().min(1).default(30),
  suspendAfterFailures: z.int().min(1).default(5),
  smallCellBelow: z.int().min(0).default(0),
});
