import { defineTopic } from '../topic.ts'

export const walletLow = defineTopic({
  id: 'billing.walletLow',
  name: 'Little is left in a wallet',
  about: 'Less is available than the wallet says, once until there is more again.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { customer: 'text', wallet: 'text' },
  words: {
    en: {
      title: '{customer}: little is left in {wallet}',
      body: 'Open it to see what is available and what was used, or to ask for a top-up.',
    },
  },
  example: { customer: 'Northwind', wallet: 'Prepaid' },
})

export const grantExpiring = defineTopic({
  id: 'billing.grantExpiring',
  name: 'A grant expires soon',
  about: 'So many days before as the settings say, where something is left of it, once.',
  audience: 'staff',
  urgency: 'normal',
  defaults: ['desktop', 'email'],
  broadcast: true,
  params: { customer: 'text', wallet: 'text', day: 'text' },
  words: {
    en: {
      title: '{customer}: a grant in {wallet} counts until {day}',
      body: 'What is left of it then can be used no more. Open the wallet to see how much that is.',
    },
  },
  example: { customer: 'Northwind', wallet: 'Credits of the launch', day: '2026-12-31' },
})

export const grantExpired = defineTopic({
  id: 'billing.grantExpired',
  name: 'A grant expired with something left',
  about: 'When it is over, once, and only where something of it was never used.',
  audience: 'staff',
  urgency: 'low',
  defaults: ['desktop'],
  broadcast: true,
  params: { customer: 'text', wallet: 'text' },
  words: {
    en: {
      title: '{customer}: a grant in {wallet} expired with something left',
      body: 'Open the wallet to see what was lost, in the grant and in the ledger.',
    },
  },
  example: { customer: 'Northwind', wallet: 'Credits of the launch' },
})

/** Tells the customer what is left; sent only where the workspace wants such mails. */
export const walletLowMail = defineTopic({
  id: 'billing.walletLowMail',
  name: 'Little is left: to the customer',
  about:
    'Goes to the billing contacts of a customer whose wallet has less than it says, where the settings say so.',
  audience: 'customer',
  urgency: 'normal',
  defaults: [],
  broadcast: false,
  params: { customer: 'text', wallet: 'text', left: 'money', company: 'text' },
  words: {
    en: {
      title: '{company}: {left} are left in {wallet}',
      body: 'Hello,\n\nof what {customer} has with us in {wallet}, {left} are left.\n\nTo have it filled up, reply to this message.\n\n{company}',
    },
    de: {
      title: '{company}: noch {left} in {wallet}',
      body: 'Guten Tag,\n\nvom Guthaben „{wallet}“ von {customer} sind noch {left} übrig.\n\nWenn Sie es auffüllen möchten, antworten Sie einfach auf diese Nachricht.\n\n{company}',
    },
    fr: {
      title: '{company} : il reste {left} sur {wallet}',
      body: 'Bonjour,\n\nil reste {left} sur le crédit « {wallet} » de {customer}.\n\nPour le recharger, répondez simplement à ce message.\n\n{company}',
    },
    es: {
      title: '{company}: quedan {left} en {wallet}',
      body: 'Hola:\n\nquedan {left} en el saldo «{wallet}» de {customer}.\n\nPara recargarlo, responda a este mensaje.\n\n{company}',
    },
    ja: {
      title: '{company}：{wallet} の残高は {left} です',
      body: 'ご担当者様\n\n{customer} 様の「{wallet}」の残高は {left} です。\n\nチャージをご希望の場合は、このメールにご返信ください。\n\n{company}',
    },
  },
  example: {
    customer: 'Acme Inc.',
    wallet: 'Prepaid',
    left: { amount: 1250n, currency: 'EUR' },
    company: 'Example Cloud Ltd.',
  },
})

/** Tells the customer what expires; sent only where the workspace wants such mails. */
export const grantExpiringMail = defineTopic({
  id: 'billing.grantExpiringMail',
  name: 'Credits expire soon: to the customer',
  about: 'Goes to the billing contacts before something of a wallet expires, where the settings say so.',
  audience: 'customer',
  urgency: 'normal',
  defaults: [],
  broadcast: false,
  params: { customer: 'text', wallet: 'text', left: 'money', until: 'day', company: 'text' },
  words: {
    en: {
      title: '{company}: {left} of {wallet} can be used until {until}',
      body: 'Hello,\n\n{left} that {customer} has in {wallet} can be used until {until}, and not after it.\n\n{company}',
    },
    de: {
      title: '{company}: {left} von {wallet} gelten bis {until}',
      body: 'Guten Tag,\n\n{left} des Guthabens „{wallet}“ von {customer} gelten bis {until} und danach nicht mehr.\n\n{company}',
    },
    fr: {
      title: '{company} : {left} de {wallet} utilisables jusqu’au {until}',
      body: 'Bonjour,\n\n{left} du crédit « {wallet} » de {customer} sont utilisables jusqu’au {until} inclus.\n\n{company}',
    },
    es: {
      title: '{company}: {left} de {wallet} valen hasta el {until}',
      body: 'Hola:\n\n{left} del saldo «{wallet}» de {customer} pueden usarse hasta el {until}, y no después.\n\n{company}',
    },
    ja: {
      title: '{company}：{wallet} の {left} は {until} まで有効です',
      body: 'ご担当者様\n\n{customer} 様の「{wallet}」のうち {left} は {until} までご利用いただけます。以降は失効します。\n\n{company}',
    },
  },
  example: {
    customer: 'Acme Inc.',
    wallet: 'Welcome',
    left: { amount: 5000n, currency: 'EUR' },
    until: '2026-12-31',
    company: 'Example Cloud Ltd.',
  },
})

/** Tells the customer what was lost; sent only where the workspace wants such mails. */
export const grantExpiredMail = defineTopic({
  id: 'billing.grantExpiredMail',
  name: 'Credits expired: to the customer',
  about: 'Goes to the billing contacts when something of a wallet expired unused, where the settings say so.',
  audience: 'customer',
  urgency: 'low',
  defaults: [],
  broadcast: false,
  params: { customer: 'text', wallet: 'text', lost: 'money', company: 'text' },
  words: {
    en: {
      title: '{company}: {lost} of {wallet} expired',
      body: 'Hello,\n\n{lost} that {customer} had in {wallet} were not used in time and have expired.\n\n{company}',
    },
    de: {
      title: '{company}: {lost} von {wallet} sind verfallen',
      body: 'Guten Tag,\n\n{lost} des Guthabens „{wallet}“ von {customer} wurden nicht rechtzeitig genutzt und sind verfallen.\n\n{company}',
    },
    fr: {
      title: '{company} : {lost} de {wallet} ont expiré',
      body: 'Bonjour,\n\n{lost} du crédit « {wallet} » de {customer} n’ont pas été utilisés à temps et ont expiré.\n\n{company}',
    },
    es: {
      title: '{company}: {lost} de {wallet} han caducado',
      body: 'Hola:\n\n{lost} del saldo «{wallet}» de {customer} no se usaron a tiempo y han caducado.\n\n{company}',
    },
    ja: {
      title: '{company}：{wallet} の {lost} が失効しました',
      body: 'ご担当者様\n\n{customer} 様の「{wallet}」のうち {lost} は期限までに利用されず、失効しました。\n\n{company}',
    },
  },
  example: {
    customer: 'Acme Inc.',
    wallet: 'Welcome',
    lost: { amount: 2000n, currency: 'EUR' },
    company: 'Example Cloud Ltd.',
  },
})
