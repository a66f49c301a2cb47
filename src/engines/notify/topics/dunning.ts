import { defineTopic } from '../topic.ts'

const params = {
  number: 'text',
  customer: 'text',
  amount: 'money',
  dueOn: 'day',
  company: 'text',
} as const
const example = {
  number: 'INV-2026-00042',
  customer: 'Acme Inc.',
  amount: { amount: 123_456n, currency: 'EUR' },
  dueOn: '2026-12-21',
  company: 'Example Cloud Ltd.',
}
const common = {
  audience: 'customer',
  urgency: 'normal',
  defaults: [],
  broadcast: false,
  params,
  example,
} as const
const letter = (...paragraphs: string[]) => paragraphs.join('\n\n')

/** The first, friendly words about an invoice that was due. */
export const invoiceReminder = defineTopic({
  ...common,
  id: 'billing.invoiceReminder',
  name: 'Reminder of an invoice, to the customer',
  about: 'An invoice is a few days overdue: the first step of a dunning campaign.',
  words: {
    en: {
      title: 'Reminder: invoice {number} from {company}',
      body: letter(
        'Hello,',
        'invoice {number} for {customer} was due on {dueOn}, and {amount} of it is still open.',
        'If you have paid in the meantime, please take no notice of this message. If anything about the invoice is unclear, reply to it.',
        '{company}',
      ),
    },
    de: {
      title: 'Zahlungserinnerung: Rechnung {number} von {company}',
      body: letter(
        'Guten Tag,',
        'die Rechnung {number} für {customer} war am {dueOn} fällig; davon sind noch {amount} offen.',
        'Falls Sie inzwischen gezahlt haben, betrachten Sie diese Nachricht bitte als gegenstandslos. Bei Fragen zur Rechnung antworten Sie einfach.',
        '{company}',
      ),
    },
    fr: {
      title: 'Rappel : facture {number} de {company}',
      body: letter(
        'Bonjour,',
        'la facture {number} pour {customer} était à régler avant le {dueOn} ; il reste {amount} à payer.',
        'Si vous avez réglé entre-temps, ne tenez pas compte de ce message. Pour toute question, répondez-y simplement.',
        '{company}',
      ),
    },
    es: {
      title: 'Recordatorio: factura {number} de {company}',
      body: letter(
        'Hola:',
        'la factura {number} de {customer} venció el {dueOn} y quedan {amount} por pagar.',
        'Si ya ha pagado, no tenga en cuenta este mensaje. Si tiene alguna duda sobre la factura, responda a él.',
        '{company}',
      ),
    },
    ja: {
      title: '【お支払いのご確認】請求書 {number}（{company}）',
      body: letter(
        'いつもお世話になっております。',
        '{customer} 宛の請求書 {number} は {dueOn} がお支払期限でしたが、{amount} が未払いとなっております。',
        '行き違いでお支払い済みの場合はご容赦ください。ご不明な点がございましたら、このメールにご返信ください。',
        '{company}',
      ),
    },
  },
})

/** A second, plainer word. */
export const invoiceOverdue = defineTopic({
  ...common,
  id: 'billing.invoiceOverdue',
  name: 'Overdue invoice, to the customer',
  about: 'An invoice stayed open after the reminder.',
  words: {
    en: {
      title: 'Overdue: invoice {number} from {company}',
      body: letter(
        'Hello,',
        'invoice {number} for {customer} has been overdue since {dueOn}. {amount} is open in spite of our reminder.',
        'Please pay it in the next days, or tell us what keeps you from it.',
        '{company}',
      ),
    },
    de: {
      title: 'Mahnung: Rechnung {number} von {company}',
      body: letter(
        'Guten Tag,',
        'die Rechnung {number} für {customer} ist seit dem {dueOn} überfällig. Trotz unserer Erinnerung sind {amount} offen.',
        'Bitte zahlen Sie in den nächsten Tagen oder teilen Sie uns mit, was dem entgegensteht.',
        '{company}',
      ),
    },
    fr: {
      title: 'Facture {number} de {company} en retard',
      body: letter(
        'Bonjour,',
        'la facture {number} pour {customer} est en retard depuis le {dueOn}. Malgré notre rappel, {amount} restent dus.',
        'Merci de la régler dans les prochains jours ou de nous dire ce qui vous en empêche.',
        '{company}',
      ),
    },
    es: {
      title: 'Factura {number} de {company} vencida',
      body: letter(
        'Hola:',
        'la factura {number} de {customer} está vencida desde el {dueOn}. A pesar de nuestro recordatorio, quedan {amount} pendientes.',
        'Le rogamos que la pague en los próximos días o nos indique qué se lo impide.',
        '{company}',
      ),
    },
    ja: {
      title: '【お支払期限超過】請求書 {number}（{company}）',
      body: letter(
        'いつもお世話になっております。',
        '{customer} 宛の請求書 {number} は {dueOn} のお支払期限を過ぎており、先のご案内後も {amount} が未払いです。',
        '数日以内にお支払いいただくか、お支払いが難しいご事情をお知らせください。',
        '{company}',
      ),
    },
  },
})

/** The last word before something follows. */
export const finalNotice = defineTopic({
  ...common,
  id: 'billing.finalNotice',
  name: 'Final notice, to the customer',
  about: 'The last message about an overdue invoice.',
  words: {
    en: {
      title: 'Final notice: invoice {number} from {company}',
      body: letter(
        'Hello,',
        'invoice {number} for {customer} was due on {dueOn}, and {amount} is open after several reminders.',
        'This is our last message about it. Without a payment or a word from you, we may have to end the service.',
        '{company}',
      ),
    },
    de: {
      title: 'Letzte Mahnung: Rechnung {number} von {company}',
      body: letter(
        'Guten Tag,',
        'die Rechnung {number} für {customer} war am {dueOn} fällig; nach mehreren Erinnerungen sind {amount} offen.',
        'Dies ist unsere letzte Nachricht dazu. Ohne Zahlung oder Antwort müssen wir unsere Leistung gegebenenfalls beenden.',
        '{company}',
      ),
    },
    fr: {
      title: 'Dernier rappel : facture {number} de {company}',
      body: letter(
        'Bonjour,',
        'la facture {number} pour {customer} était à régler avant le {dueOn} ; après plusieurs rappels, {amount} restent dus.',
        'Ceci est notre dernier message à ce sujet. Sans règlement ni réponse, nous pourrions devoir interrompre le service.',
        '{company}',
      ),
    },
    es: {
      title: 'Último aviso: factura {number} de {company}',
      body: letter(
        'Hola:',
        'la factura {number} de {customer} venció el {dueOn} y, tras varios recordatorios, quedan {amount} pendientes.',
        'Este es nuestro último mensaje al respecto. Sin un pago o una respuesta, es posible que tengamos que poner fin al servicio.',
        '{company}',
      ),
    },
    ja: {
      title: '【最終のご案内】請求書 {number}（{company}）',
      body: letter(
        'いつもお世話になっております。',
        '{customer} 宛の請求書 {number}（お支払期限 {dueOn}）は、度重なるご案内にもかかわらず {amount} が未払いです。',
        '本件に関する最後のご案内です。お支払いまたはご連絡がない場合、サービスを終了させていただくことがあります。',
        '{company}',
      ),
    },
  },
})

/** A charge did not work. */
export const paymentFailed = defineTopic({
  ...common,
  id: 'billing.paymentFailed',
  name: 'Payment failed, to the customer',
  about: 'A payment for an invoice did not work: a step of a dunning campaign.',
  words: {
    en: {
      title: 'Your payment for invoice {number} did not work',
      body: letter(
        'Hello,',
        'we could not collect {amount} for invoice {number} of {customer}, due on {dueOn}.',
        'Please check your payment method, or transfer the amount.',
        '{company}',
      ),
    },
    de: {
      title: 'Ihre Zahlung für Rechnung {number} ist fehlgeschlagen',
      body: letter(
        'Guten Tag,',
        'wir konnten {amount} für die Rechnung {number} von {customer}, fällig am {dueOn}, nicht einziehen.',
        'Bitte prüfen Sie Ihr Zahlungsmittel oder überweisen Sie den Betrag.',
        '{company}',
      ),
    },
    fr: {
      title: 'Votre paiement de la facture {number} a échoué',
      body: letter(
        'Bonjour,',
        'nous n’avons pas pu prélever {amount} pour la facture {number} de {customer}, à régler avant le {dueOn}.',
        'Merci de vérifier votre moyen de paiement ou de virer ce montant.',
        '{company}',
      ),
    },
    es: {
      title: 'El pago de la factura {number} no se ha realizado',
      body: letter(
        'Hola:',
        'no hemos podido cobrar {amount} por la factura {number} de {customer}, con vencimiento el {dueOn}.',
        'Compruebe su medio de pago o transfiera el importe.',
        '{company}',
      ),
    },
    ja: {
      title: '請求書 {number} のお支払いを処理できませんでした',
      body: letter(
        'いつもお世話になっております。',
        '{customer} 宛の請求書 {number}（お支払期限 {dueOn}）の {amount} を決済できませんでした。',
        'お支払い方法をご確認いただくか、お振り込みをお願いいたします。',
        '{company}',
      ),
    },
  },
})

/** A campaign gives somebody something to do. It names rows and says no amounts. */
export const dunningTask = defineTopic({
  id: 'billing.dunningTask',
  name: 'Tasks of dunning',
  about: 'A dunning campaign came to a step that a person does.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { customer: 'text', number: 'text', task: 'text' },
  words: { en: { title: '{customer}: {task}', body: 'About invoice {number} of {customer}: {task}' } },
  example: { customer: 'Acme Inc.', number: 'INV-2026-00042', task: 'Call the customer' },
})
