/** What the letters that SEPA does not take are commonly written as; marks above and below fall away by themselves. */
const WRITTEN: Readonly<Record<string, string>> = {
  ...{ Ä: 'Ae', Ö: 'Oe', Ü: 'Ue', ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss', Æ: 'Ae', æ: 'ae', Ø: 'O', ø: 'o' },
  ...{
    Œ: 'Oe',
    œ: 'oe',
    Đ: 'D',
    đ: 'd',
    Ł: 'L',
    ł: 'l',
    Þ: 'Th',
    þ: 'th',
    '&': '+',
    _: '-',
    '–': '-',
    '—': '-',
  },
  ...{ '’': "'", '‘': "'", '“': "'", '”': "'", '"': "'", '@': '(at)', '€': 'EUR', ';': ',' },
}

/**
 * A text in the characters that every bank of SEPA takes (EPC217-08): Latin letters, digits and / - ? : ( ) . , ' +
 * and spaces; others become a full stop. It neither begins nor ends with a stroke, and has no two of them together.
 */
export function sepaText(text: string, most: number): string {
  const plain = [...text.normalize('NFC')]
    .map(letter => WRITTEN[letter] ?? letter)
    .join('')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/[^A-Za-z0-9/\-?:().,'+ ]/gu, '.')
    .replace(/\/{2,}/g, '/')
  return plain.slice(0, most).replace(/^[/ ]+|[/ ]+$/g, '')
}

/** Whether a text can be a reference of a mandate: at most 35 characters, no spaces, no strokes at its ends. */
export function isMandateReference(text: string): boolean {
  return /^[A-Za-z0-9\-?:().,'+/]{1,35}$/.test(text) && !text.includes('//') && !/^\/|\/$/.test(text)
}
