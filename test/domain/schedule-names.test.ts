import assert from 'node:assert/strict';
import { test } from 'vitest';
import { foldText } from '../../domain/text.js';

test('a filter typed with a plain dash finds a name spelt with a long one', () => {
  assert.equal(foldText('PO Line – Renewal'), 'po line - renewal');
  assert.ok(foldText('PO Line – Renewal').includes(foldText('po line - ren')));
});

test('accents, ligatures and letters of other alphabets fold to what people type', () => {
  assert.equal(foldText('  Œuvres   d’Ærø, Łódź \u2014 Straße İstanbul '), 'oeuvres d’aero, lodz - strasse istanbul');
});

test('vowel signs that are letters stay', () => {
  assert.equal(foldText('किताब'), 'किताब');
});
