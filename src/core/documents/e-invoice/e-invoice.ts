import { type EInvoiceFormat, eInvoiceProblems, isXRechnung } from '#engines/billing/e-invoice/problems.ts'
import { invoiceDocument } from '../invoice-document.ts'
import { type Attachment, type WrittenPdf, writePdf } from '../tagged-pdf.ts'
import { checkedFacts, type EInvoiceFacts } from './e-invoice-facts.ts'
import { ublOf } from './ubl.ts'

/** A file of an electronic invoice. */
export interface EInvoiceFile extends WrittenPdf {
  readonly fileName: string
  readonly mediaType: 'application/xml' | 'application/pdf'
}

/** What the library calls the formats; a PDF holds the CII. */
const LIBRARY_FORMATS: Readonly<Record<EInvoiceFormat, string>> = {
  ...{ ubl: 'UBL', cii: 'CII', 'factur-x': 'CII' },
  ...{ 'xrechnung-ubl': 'XRECHNUNG-UBL', 'xrechnung-cii': 'XRECHNUNG-CII' },
}

/** What the PDF calls the file that it carries: the name that readers of Factur-X and ZUGFeRD look for. */
const EMBEDDED = 'factur-x.xml'

/**
 * Makes the electronic invoice of an issued invoice or credit note by EN 16931: UBL (Peppol BIS), CII, XRechnung, or Factur-X,
 * which is the PDF with the CII in it. This is the one place that knows the library.
 * @throws RangeError where something is missing, which `eInvoiceProblems` says before
 */
export async function eInvoice(facts: EInvoiceFacts, format: EInvoiceFormat): Promise<EInvoiceFile> {
  const [problem] = eInvoiceProblems(checkedFacts(facts), format)
  if (problem !== undefined) throw new RangeError(`an electronic invoice lacks ${problem}`)
  const xml = Buffer.from(await xmlOf(facts, LIBRARY_FORMATS[format], isXRechnung(format)), 'utf8')
  if (format !== 'factur-x')
    return { fileName: `${facts.number}.xml`, mediaType: 'application/xml', bytes: xml, missing: [] }
  const pdf = await writePdf({ ...invoiceDocument(facts), attachment: facturX(xml) })
  return { ...pdf, fileName: `${facts.number}.pdf`, mediaType: 'application/pdf' }
}

/** The library checks the invoice against its schema and code lists before it writes. */
async function xmlOf(facts: EInvoiceFacts, format: string, german: boolean): Promise<string> {
  const { InvoiceService } = await import('@e-invoice-eu/core')
  const quiet = () => {}
  const service = new InvoiceService({ log: quiet, warn: quiet, error: quiet })
  return String(await service.generate(ublOf(facts, german), { format, lang: facts.language }))
}

/** The CII as a file of the PDF, with what Factur-X 1.0 wants its metadata to say. */
function facturX(bytes: Uint8Array): Attachment {
  return {
    ...{ fileName: EMBEDDED, mediaType: 'text/xml', description: 'Factur-X', bytes },
    metadata: facturXMetadata,
  }
}

const NAMESPACE = 'urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'

/** PDF/A knows only properties that are described: first what they are, then their values. */
const facturXMetadata = `
        <rdf:Description rdf:about=""
            xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
            xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
            xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
            <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
                <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>
                <pdfaSchema:namespaceURI>${NAMESPACE}</pdfaSchema:namespaceURI>
                <pdfaSchema:prefix>fx</pdfaSchema:prefix>
                <pdfaSchema:property><rdf:Seq>${[
                  ['DocumentFileName', 'name of the embedded XML file'],
                  ['DocumentType', 'type of the document: INVOICE'],
                  ['Version', 'version of the standard'],
                  ['ConformanceLevel', 'profile of the embedded XML'],
                ]
                  .map(
                    ([name, description]) => `
                    <rdf:li rdf:parseType="Resource">
                        <pdfaProperty:name>${name}</pdfaProperty:name>
                        <pdfaProperty:valueType>Text</pdfaProperty:valueType>
                        <pdfaProperty:category>external</pdfaProperty:category>
                        <pdfaProperty:description>${description}</pdfaProperty:description>
                    </rdf:li>`,
                  )
                  .join('')}
                </rdf:Seq></pdfaSchema:property>
            </rdf:li></rdf:Bag></pdfaExtension:schemas>
        </rdf:Description>
        <rdf:Description rdf:about="" xmlns:fx="${NAMESPACE}">
            <fx:DocumentType>INVOICE</fx:DocumentType>
            <fx:DocumentFileName>${EMBEDDED}</fx:DocumentFileName>
            <fx:Version>1.0</fx:Version>
            <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
        </rdf:Description>
        `
