/** What stands on the shelves of the demonstration library: titles put together from parts, so that millions differ. */

export const openings = [
  'The Cartographer of', 'A Short History of', 'Letters from', 'The Quiet Mathematics of', 'Walking to', 'Against', 'The Last Summer in',
  'An Introduction to', 'Notes on', 'The Orchard at', 'How We Mended', 'Field Guide to', 'The Night Ferry to', 'Songs of', 'Remembering',
] as const;

export const subjects = [
  'Salt', 'the Northern Line', 'Small Rivers', 'Winter Light', 'Porcelain', 'Forgotten Alphabets', 'the Lower Town', 'Moths and Lichens',
  'Uncertain Weather', 'the Eleventh Province', 'Clockmakers', 'Bread', 'the Glass Harbor', 'Migrating Birds', 'Borrowed Books',
  'Tidal Power', 'Old Radios', 'the Sugar Refinery', 'Mountain Passes', 'Invisible Ink',
] as const;

/** Titles of several scripts, and one that needs escaping wherever it is shown. */
export const wholeTitles = [
  'Über die Schwere der Wörter', 'L’été où nous avons appris à lire', 'El archivo de las mareas', 'حكايات من الميناء القديم', 'ספר הגשרים הקטנים',
  '静かな図書館', 'Зимний каталог', 'Cats & Catalogues: <em>a love story</em>',
] as const;

export const authors = [
  'Almeida, Rosa', 'Bakker, Joost', 'Cho, Yun-seo', 'Dufresne, Odile', 'Eriksen, Sigrid', 'Farouk, Nadia', 'Gallagher, Maeve', 'Hoffmann, Ute',
  'Iyer, Lakshmi', 'Jansson, Per', 'Kovács, Ilona', 'Lindqvist, Elsa', 'Mbeki, Thandi', 'Novák, Jiří', 'O’Rourke, Declan', 'Petrov, Anton',
] as const;

export const publishers = ['Harbor & Finch', 'Lindenhof', 'Éditions du Pont', 'Casa Marea', 'University Press of the Lakes'] as const;
