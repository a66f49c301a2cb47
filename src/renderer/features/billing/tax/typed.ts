/** Whether what was typed is a country code of two letters. */
export const isCountry = (text: string) => /^[A-Z]{2}$/.test(text)
/** Whether it is a part of a country, or nothing. */
export const isRegion = (text: string) => /^[A-Z0-9]{0,6}$/.test(text)
/** Whether it is a category of what is sold. */
export const isCategory = (text: string) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text)
/** Whether it is a reason code of an exemption, or nothing. */
export const isVatex = (text: string) => text === '' || /^VATEX-[A-Z0-9-]{2,30}$/.test(text)
