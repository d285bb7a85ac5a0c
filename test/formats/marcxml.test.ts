/** MARCXML as it is found (publishing-import.md C2, "Reading MARCXML"). */
import assert from 'node:assert/strict';
import { describe, test } from 'vitest';
import { marcXmlRecords, type MarcWarning, type MarcXmlPiece } from '../../formats/marcxml.js';

const leader = '00000nam a2200000 a 4500';
const piecesOf = (xml: string, size = 11): MarcXmlPiece[] => {
  const chunks = Array.from({ length: Math.ceil(xml.length / size) }, (_, index) => xml.slice(index * size, (index + 1) * size));
  return [...marcXmlRecords(chunks)];
};
const recordOf = (fields: string, head = leader) => `<record xmlns="http://www.loc.gov/MARC21/slim"><leader>${head}</leader>${fields}</record>`;
const title = '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Dubliners /</subfield><subfield code="c">James Joyce.</subfield></datafield>';
const asRead = { tag: '245', ind1: '1', ind2: '0', subfields: [{ code: 'a', value: 'Dubliners /' }, { code: 'c', value: 'James Joyce.' }] };

describe('records', () => {
  test.each([
    ['bare', recordOf(title)],
    ['in a collection', `<collection xmlns="http://www.loc.gov/MARC21/slim">${recordOf(title)}</collection>`],
    ['with a prefix', `<m:record xmlns:m="http://www.loc.gov/MARC21/slim"><m:leader>${leader}</m:leader>${title.replaceAll(/<(\/?)(\w)/g, '<$1m:$2')}</m:record>`],
    ['without a namespace', recordOf(title).replace(/ xmlns="[^"]+"/, '')],
    ['in an OAI answer', `<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><metadata>${recordOf(title)}</metadata></OAI-PMH>`],
  ])('%s', (_, xml) => {
    assert.deepEqual(piecesOf(xml), [{ record: { leader, fields: [asRead] }, warnings: [] }]);
  });

  test('come the same whatever the size of the pieces', () => {
    const xml = `<collection>${recordOf(title)}${recordOf('<controlfield tag="001">42</controlfield>')}</collection>`;
    for (const size of [1, 3, 64, xml.length]) assert.deepEqual(piecesOf(xml, size), piecesOf(xml));
  });

  test('keep entities, CDATA and blanks, and compose what was decomposed', () => {
    const field = '<datafield tag="500" ind1="" ind2=" "><subfield code="a">A &amp; <![CDATA[B <C>]]> e\u0301</subfield></datafield>';
    assert.deepEqual(piecesOf(recordOf(field)), [
      { record: { leader, fields: [{ tag: '500', ind1: ' ', ind2: ' ', subfields: [{ code: 'a', value: 'A & B <C> \u00e9' }] }] }, warnings: [] },
    ]);
  });
});

describe('what is damaged is repaired or left out, and said', () => {
  test.each<[what: string, xml: string, warning: MarcWarning]>([
    ['a short leader is filled up', recordOf('', '00000nam'), 'LEADER_REPAIRED'],
    ['a long leader is cut', recordOf('', `${leader}99`), 'LEADER_REPAIRED'],
    ['an empty subfield is left out', recordOf('<datafield tag="245" ind1=" " ind2=" "><subfield code="a"> </subfield></datafield>'), 'EMPTY_FIELD'],
    ['a subfield with a code of two characters is left out', recordOf('<datafield tag="245" ind1=" " ind2=" "><subfield code="ab">x</subfield><subfield code="a">y</subfield></datafield>'), 'BAD_CODE'],
    ['a field whose tag is a word is left out', recordOf('<datafield tag="title" ind1=" " ind2=" "><subfield code="a">x</subfield></datafield>'), 'BAD_TAG'],
    ['a control field with the tag of a data field is left out', recordOf('<controlfield tag="245">x</controlfield>'), 'BAD_TAG'],
  ])('%s', (_, xml, warning) => {
    const [piece] = piecesOf(xml);
    assert.ok(piece !== undefined && 'record' in piece);
    assert.ok(piece.warnings.includes(warning));
    assert.equal(piece.record.leader.length, 24);
    for (const field of piece.record.fields) assert.match(field.tag, /^245$/);
  });
});

describe('a file that cannot be trusted ends', () => {
  test('with a DOCTYPE it is refused before any entity is read', () => {
    const xml = `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${recordOf(title)}`;
    assert.deepEqual(piecesOf(xml), [{ rejected: 'XML_DOCTYPE', message: 'the file has a DOCTYPE' }]);
  });

  test('cut off, it gives the records that were complete, then the reason', () => {
    const pieces = piecesOf(`<collection>${recordOf(title)}<record><leader>000`);
    assert.deepEqual(pieces.map((piece) => ('record' in piece ? 'record' : piece.rejected)), ['record', 'XML_SYNTAX']);
  });
});
