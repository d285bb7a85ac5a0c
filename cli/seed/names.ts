/** Who reads in the demonstration library: names of many languages and both directions of writing, none of a living person meant. */

export interface NameList {
  /** BCP 47: the language these readers want letters in. */
  language: string;
  first: readonly string[];
  last: readonly string[];
}

export const nameLists: readonly NameList[] = [
  {
    language: 'en',
    first: ['Ada', 'Amara', 'Caleb', 'Dolores', 'Esther', 'Finn', 'Grace', 'Hollis', 'Imani', 'June', 'Malcolm', 'Nia', 'Otis', 'Rosalind', 'Theo'],
    last: ['Abara', 'Blackwood', 'Carver', 'Dunmore', 'Eastman', 'Fairweather', 'Greer', 'Hathaway', 'Ibe', 'Lockhart', 'Marsh', 'Okafor', 'Pemberton', 'Quill', 'Winslow'],
  },
  {
    language: 'es',
    first: ['Alejandra', 'Benito', 'Camila', 'Inés', 'Joaquín', 'Lucía', 'Martín', 'Núria', 'Rafael', 'Ximena'],
    last: ['Aguilar', 'Benítez', 'Castañeda', 'de la Fuente', 'Escobar', 'Ibáñez', 'Márquez', 'Peña Soto', 'Quiroga', 'Zúñiga'],
  },
  {
    language: 'de',
    first: ['Änne', 'Björn', 'Friederike', 'Götz', 'Hanna', 'Jörg', 'Käthe', 'Lorenz', 'Mechthild', 'Sören'],
    last: ['Althaus', 'Böhmer', 'Großmann', 'Hübner', 'Kühn', 'Müller-Lüders', 'Rößler', 'Schäfer', 'von Thun', 'Weiß'],
  },
  {
    language: 'fr',
    first: ['Adèle', 'Benoît', 'Chloé', 'Éloïse', 'François', 'Hélène', 'Jérôme', 'Maëlle', 'Noël', 'Zoé'],
    last: ['Bérard', 'Chênevert', 'd’Aubigné', 'Delacroix', 'Faÿ', 'Garçon', 'L’Écuyer', 'Mérimont', 'Prévost', 'Vaïsse'],
  },
  {
    language: 'ar',
    first: ['ليلى', 'يوسف', 'مريم', 'خالد', 'سلمى', 'طارق'],
    last: ['الخطيب', 'حداد', 'المصري', 'درويش', 'القاضي', 'نصار'],
  },
  {
    language: 'he',
    first: ['נועה', 'איתן', 'תמר', 'אורי', 'שירה'],
    last: ['לוי', 'מזרחי', 'פרידמן', 'אלון', 'ברק'],
  },
  {
    language: 'en',
    first: ['小燕', 'Thị Mai', 'さくら', '민준', 'Priya', 'Oluwaseun', 'Łucja', 'Øyvind', 'Þóra', 'Дарья'],
    last: ['王', 'Nguyễn', '高橋', '김', 'Chaudhary', 'Adébáyọ̀', 'Wójcik', 'Sæther', 'Ægisdóttir', 'Королёва'],
  },
];
