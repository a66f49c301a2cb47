import { defineTopic } from '../topic.ts'

/** A receipt on its way, with the document. */
export const receiptSent = defineTopic({
  id: 'billing.receiptSent',
  name: 'Receipt to the customer',
  about: 'The receipt of a payment goes to the billing contacts of its customer.',
  audience: 'customer',
  urgency: 'normal',
  defaults: [],
  broadcast: false,
  params: { customer: 'text', contact: 'text?', amount: 'money', company: 'text', note: 'text?' },
  words: {
    en: {
      title: 'Receipt from {company}',
      body: 'Hello {contact},\n\nthank you for the payment of {amount} for {customer}. The receipt is attached.\n\n{note}\n\nIf anything about it is unclear, reply to this message.\n\n{company}',
    },
    de: {
      title: 'Zahlungsbestätigung von {company}',
      body: 'Guten Tag {contact},\n\nvielen Dank für die Zahlung von {amount} für {customer}. Die Zahlungsbestätigung liegt bei.\n\n{note}\n\nBei Fragen antworten Sie einfach auf diese Nachricht.\n\n{company}',
    },
    fr: {
      title: 'Reçu de paiement de {company}',
      body: 'Bonjour {contact},\n\nnous vous remercions du paiement de {amount} pour {customer}. Vous trouverez le reçu ci-joint.\n\n{note}\n\nPour toute question, répondez simplement à ce message.\n\n{company}',
    },
    es: {
      title: 'Recibo de pago de {company}',
      body: 'Hola, {contact}:\n\ngracias por el pago de {amount} de {customer}. Adjuntamos el recibo.\n\n{note}\n\nSi tiene alguna duda, responda a este mensaje.\n\n{company}',
    },
    ja: {
      title: '{company} 領収書',
      body: '{contact} 様\n\n{customer} 様より {amount} のお支払いを受領いたしました。領収書を添付いたします。\n\n{note}\n\nご不明な点がございましたら、このメールにご返信ください。\n\n{company}',
    },
  },
  example: {
    customer: 'Acme Inc.',
    contact: 'Grace Hopper',
    amount: { amount: 123_456n, currency: 'EUR' },
    company: 'Example Cloud Ltd.',
    note: null,
  },
})

/** A statement on its way, with the document. */
export const statementSent = defineTopic({
  id: 'billing.statementSent',
  name: 'Statement to the customer',
  about: 'What a customer was billed and paid in a period goes to its billing contacts.',
  audience: 'customer',
  urgency: 'normal',
  defaults: [],
  broadcast: false,
  params: {
    customer: 'text',
    contact: 'text?',
    from: 'day',
    until: 'day',
    company: 'text',
    note: 'text?',
  },
  words: {
    en: {
      title: 'Statement of account from {company}',
      body: 'Hello {contact},\n\nplease find attached the statement of account for {customer}, {from} to {until}.\n\n{note}\n\nIf anything about it is unclear, reply to this message.\n\n{company}',
    },
    de: {
      title: 'Kontoauszug von {company}',
      body: 'Guten Tag {contact},\n\nanbei erhalten Sie den Kontoauszug für {customer} vom {from} bis {until}.\n\n{note}\n\nBei Fragen antworten Sie einfach auf diese Nachricht.\n\n{company}',
    },
    fr: {
      title: 'Relevé de compte de {company}',
      body: 'Bonjour {contact},\n\nveuillez trouver ci-joint le relevé de compte de {customer} du {from} au {until}.\n\n{note}\n\nPour toute question, répondez simplement à ce message.\n\n{company}',
    },
    es: {
      title: 'Estado de cuenta de {company}',
      body: 'Hola, {contact}:\n\nadjuntamos el estado de cuenta de {customer} del {from} al {until}.\n\n{note}\n\nSi tiene alguna duda, responda a este mensaje.\n\n{company}',
    },
    ja: {
      title: '{company} 取引明細書',
      body: '{contact} 様\n\n{customer} 宛の取引明細書（{from}～{until}）を添付いたします。\n\n{note}\n\nご不明な点がございましたら、このメールにご返信ください。\n\n{company}',
    },
  },
  example: {
    customer: 'Acme Inc.',
    contact: 'Grace Hopper',
    from: '2026-10-01',
    until: '2026-10-31',
    company: 'Example Cloud Ltd.',
    note: null,
  },
})
