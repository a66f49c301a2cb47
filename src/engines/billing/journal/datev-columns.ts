import type { Column } from './profile.ts'

/** Empty columns by their names. */
function empty(...titles: readonly string[]): Column[] {
  return titles.map(title => ({ title, fixed: '' }))
}

function pairs(name: string, count: number): Column[] {
  return Array.from({ length: count }, (_, index) =>
    empty(`${name} - Art ${index + 1}`, `${name} - Inhalt ${index + 1}`),
  ).flat()
}

/** All columns of a Buchungsstapel, version 13: the program wants them in this order, also the empty ones. */
export const datevColumns: readonly Column[] = [
  { title: 'Umsatz (ohne Soll/Haben-Kz)', field: 'amount' },
  { title: 'Soll/Haben-Kennzeichen', field: 'side' },
  { title: 'WKZ Umsatz', field: 'currency' },
  { title: 'Kurs', field: 'rate' },
  { title: 'Basis-Umsatz', field: 'booksAmount' },
  { title: 'WKZ Basis-Umsatz', field: 'books' },
  { title: 'Konto', field: 'account' },
  { title: 'Gegenkonto (ohne BU-Schlüssel)', field: 'contra' },
  { title: 'BU-Schlüssel', field: 'taxKey' },
  { title: 'Belegdatum', field: 'day' },
  { title: 'Belegfeld 1', field: 'document', longest: 36 },
  ...empty('Belegfeld 2', 'Skonto'),
  { title: 'Buchungstext', field: 'text', longest: 60 },
  ...empty('Postensperre', 'Diverse Adressnummer', 'Geschäftspartnerbank', 'Sachverhalt', 'Zinssperre'),
  ...empty('Beleglink'),
  ...pairs('Beleginfo', 8),
  ...empty('KOST1 - Kostenstelle', 'KOST2 - Kostenstelle', 'Kost-Menge'),
  ...empty('EU-Land u. UStID (Bestimmung)', 'EU-Steuersatz (Bestimmung)', 'Abw. Versteuerungsart'),
  ...empty('Sachverhalt L+L', 'Funktionsergänzung L+L', 'BU 49 Hauptfunktionstyp'),
  ...empty('BU 49 Hauptfunktionsnummer', 'BU 49 Funktionsergänzung'),
  ...pairs('Zusatzinformation', 20),
  ...empty('Stück', 'Gewicht', 'Zahlweise', 'Forderungsart', 'Veranlagungsjahr'),
  ...empty('Zugeordnete Fälligkeit', 'Skontotyp', 'Auftragsnummer', 'Buchungstyp'),
  ...empty('USt-Schlüssel (Anzahlungen)', 'EU-Land (Anzahlungen)', 'Sachverhalt L+L (Anzahlungen)'),
  ...empty('EU-Steuersatz (Anzahlungen)', 'Erlöskonto (Anzahlungen)', 'Herkunft-Kz', 'Buchungs GUID'),
  ...empty('KOST-Datum', 'SEPA-Mandatsreferenz', 'Skontosperre', 'Gesellschaftername'),
  ...empty('Beteiligtennummer', 'Identifikationsnummer', 'Zeichnernummer', 'Postensperre bis'),
  ...empty('Bezeichnung SoBil-Sachverhalt', 'Kennzeichen SoBil-Buchung'),
  // The program does not lock what it takes in: people look at it first.
  { title: 'Festschreibung', fixed: '0' },
  ...empty('Leistungsdatum', 'Datum Zuord. Steuerperiode', 'Fälligkeit', 'Generalumkehr (GU)', 'Steuersatz'),
  ...empty('Land', 'Abrechnungsreferenz', 'BVV-Position', 'EU-Land u. UStID (Ursprung)'),
  ...empty('EU-Steuersatz (Ursprung)', 'Abw. Skontokonto'),
]
