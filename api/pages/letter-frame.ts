/** A letter's HTML inside a page: in a frame of its own, which may load, run and reach nothing. */
import type { Response } from 'express';
import { Refusal } from '../refusal.js';

/** Inline styles are the letter's own; `sandbox` takes scripts, forms and our origin away, also when the frame is opened alone. */
const NOTHING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox";

export function sendLetterFrame(response: Response, html: string | null): void {
  if (html === null) throw new Refusal('not-found', 'The letter has no HTML part.');
  response.type('html').set({ 'Content-Security-Policy': NOTHING, 'Cache-Control': 'no-store' }).send(html);
}
