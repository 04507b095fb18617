/**
 * Sentences that scenarios of the packs need for themselves, in every language an installation starts with. The code leads, so that
 * a lock screen shows it; where a language allows it the text stays within GSM-7, or it would cost twice.
 */
export const PACK_TEXTS = {
  /** Says what is being approved: amount and payee are part of the code's digest. */
  payment: {
    en: '{code} confirms {amount} to {payee} at {brand}. Valid for {minutes} min. Do not share it.',
    es: '{code} confirma {amount} a {payee} en {brand}. Vale {minutes} min. No lo compartas.',
    pt_BR: '{code} confirma {amount} para {payee} em {brand}. Vale {minutes} min. Guarde em segredo.',
    pt_PT: '{code} confirma {amount} para {payee} em {brand}. Vale {minutes} min. Guarde em segredo.',
    fr: '{code} confirme {amount} pour {payee} chez {brand}. Valable {minutes} min. Ne le partagez pas.',
    de: '{code} bestätigt {amount} an {payee} bei {brand}. Gilt {minutes} Min. Nicht weitergeben.',
    it: '{code} conferma {amount} a {payee} su {brand}. Vale {minutes} min. Non condividerlo.',
    nl: '{code} bevestigt {amount} aan {payee} bij {brand}. Geldig: {minutes} min. Deel hem niet.',
    id: '{code} untuk menyetujui {amount} kepada {payee} di {brand}. Berlaku {minutes} menit. Jangan bagikan.',
    ms: '{code} untuk mengesahkan {amount} kepada {payee} di {brand}. Sah {minutes} minit. Jangan kongsi.',
    hi: '{code} से {brand} पर {payee} को {amount} की पुष्टि होगी। {minutes} मिनट तक मान्य। साझा न करें।',
    ar: '{code} لتأكيد {amount} إلى {payee} عبر {brand}. صالح لمدة {minutes} دقائق. لا تشاركه.',
    tr: '{code} {brand} kodunuz: {amount}, {payee}. {minutes} dakika sonra biter. Kimseye vermeyin.',
    ru: '{code} — подтверждение {amount} для {payee} в {brand}. Действует {minutes} мин. Никому не сообщайте.',
    uk: '{code} — підтвердження {amount} для {payee} у {brand}. Діє {minutes} хв. Нікому не повідомляйте.',
    pl: '{code} potwierdza {amount} dla {payee} w {brand}. Wygasa za {minutes} min. Nie podawaj go nikomu.',
    vi: '{code} để xác nhận {amount} cho {payee} tại {brand}. Hết hạn sau {minutes} phút. Không chia sẻ.',
    th: '{code} ใช้ยืนยัน {amount} ให้ {payee} ที่ {brand} หมดอายุใน {minutes} นาที ห้ามบอกผู้อื่น',
    ja: '{code} は {brand} で {payee} への {amount} を承認するコードです。{minutes}分で無効。他人に教えないでください。',
    ko: '{code} 은(는) {brand}에서 {payee}에게 {amount} 승인 코드입니다. {minutes}분 후 만료. 공유하지 마세요.',
    zh_CN: '{code} 用于在 {brand} 确认向 {payee} 支付 {amount}，{minutes} 分钟内有效。请勿告知他人。',
  },
  /** The usual "do not share it" would be wrong: this code is said to the person with the parcel. */
  pickup: {
    en: '{code} is your {brand} pickup code. Tell it only to whoever hands over your parcel. Valid for {minutes} min.',
    es: '{code} es tu clave de recogida de {brand}. Dila solo a quien te entregue el paquete. Vale {minutes} min.',
    pt_BR: '{code} libera a retirada na {brand}. Diga somente a quem entregar o pacote. Vale {minutes} min.',
    pt_PT: '{code} serve para o levantamento na {brand}. Diga apenas a quem entregar a encomenda. Vale {minutes} min.',
    fr: '{code} est votre code de retrait {brand}. Donnez-le seulement à qui remet le colis. Valable {minutes} min.',
    de: '{code} ist dein Abholcode für {brand}. Nenne ihn nur bei der Übergabe des Pakets. Gilt {minutes} Min.',
    it: '{code} è il tuo codice di ritiro {brand}. Dillo solo a chi consegna il pacco. Vale {minutes} min.',
    nl: '{code} is je afhaalcode van {brand}. Noem hem alleen als het pakket wordt overhandigd. Geldig: {minutes} min.',
    id: '{code} adalah kode pengambilan {brand}. Sebutkan hanya kepada yang menyerahkan paket. Berlaku {minutes} menit.',
    ms: '{code} ialah kod ambilan {brand}. Beritahu hanya kepada yang menyerahkan bungkusan. Sah {minutes} minit.',
    hi: '{code} आपका {brand} पिकअप कोड है। इसे केवल पार्सल देने वाले को बताएं। {minutes} मिनट तक मान्य।',
    ar: '{code} رمز استلام طردك من {brand}. أعطه فقط لمن يسلمك الطرد. صالح لمدة {minutes} دقائق.',
    tr: '{code} {brand} teslim kodunuz. Paket teslim edilirken sorulur. {minutes} dakika sonra biter.',
    ru: '{code} — код получения посылки {brand}. Назовите его только при выдаче. Действует {minutes} мин.',
    uk: '{code} — код отримання посилки {brand}. Назвіть його лише під час видачі. Діє {minutes} хв.',
    pl: '{code} to kod odbioru {brand}. Podaj go tylko przy wydaniu paczki. Wygasa za {minutes} min.',
    vi: '{code} là mã nhận hàng {brand}. Chỉ đưa cho người giao kiện hàng. Hết hạn sau {minutes} phút.',
    th: '{code} คือรหัสรับพัสดุ {brand} บอกเฉพาะผู้ส่งมอบพัสดุ หมดอายุใน {minutes} นาที',
    ja: '{code} は {brand} の受取コードです。荷物を渡す担当者にだけお伝えください。{minutes}分で無効になります。',
    ko: '{code} 은(는) {brand} 수령 코드입니다. 물품을 전달하는 직원에게만 알려주세요. {minutes}분 후 만료됩니다.',
    zh_CN: '{code} 是您的 {brand} 取件码，请仅告知交付包裹的人员。{minutes} 分钟内有效。',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type PackText = keyof typeof PACK_TEXTS;
type Language = keyof (typeof PACK_TEXTS)['payment'];

/** What an e-mail says around the sentence: a subject without the code, which locked screens show, and what to do with a stranger's. */
const MAIL: Readonly<Record<Language, Readonly<Record<PackText | 'stranger', string>>>> = {
  en: {
    payment: 'Confirm your payment at {brand}',
    pickup: 'Your {brand} pickup code',
    stranger: 'If you did not ask for it, ignore this e-mail.',
  },
  es: {
    payment: 'Confirma tu pago en {brand}',
    pickup: 'Tu clave de recogida de {brand}',
    stranger: 'Si no lo has pedido, ignora este correo.',
  },
  pt_BR: {
    payment: 'Confirme o seu pagamento na {brand}',
    pickup: 'Seu código de retirada da {brand}',
    stranger: 'Se você não o pediu, ignore este e-mail.',
  },
  pt_PT: {
    payment: 'Confirme o seu pagamento na {brand}',
    pickup: 'O seu código de levantamento da {brand}',
    stranger: 'Se não o pediu, ignore este e-mail.',
  },
  fr: {
    payment: 'Confirmez votre paiement chez {brand}',
    pickup: 'Votre code de retrait {brand}',
    stranger: 'Si vous ne l’avez pas demandé, ignorez cet e-mail.',
  },
  de: {
    payment: 'Bestätige deine Zahlung bei {brand}',
    pickup: 'Dein Abholcode für {brand}',
    stranger: 'Wenn du ihn nicht angefordert hast, ignoriere diese E-Mail.',
  },
  it: {
    payment: 'Conferma il tuo pagamento su {brand}',
    pickup: 'Il tuo codice di ritiro {brand}',
    stranger: 'Se non lo hai richiesto, ignora questa e-mail.',
  },
  nl: {
    payment: 'Bevestig je betaling bij {brand}',
    pickup: 'Je afhaalcode van {brand}',
    stranger: 'Heb je er niet om gevraagd, negeer dan deze e-mail.',
  },
  id: {
    payment: 'Setujui pembayaran Anda di {brand}',
    pickup: 'Kode pengambilan {brand} Anda',
    stranger: 'Jika Anda tidak memintanya, abaikan email ini.',
  },
  ms: {
    payment: 'Sahkan pembayaran anda di {brand}',
    pickup: 'Kod ambilan {brand} anda',
    stranger: 'Jika anda tidak memintanya, abaikan e-mel ini.',
  },
  hi: {
    payment: '{brand} पर अपने भुगतान की पुष्टि करें',
    pickup: 'आपका {brand} पिकअप कोड',
    stranger: 'अगर आपने इसे नहीं माँगा, तो इस ईमेल को अनदेखा करें।',
  },
  ar: {
    payment: 'أكد عملية الدفع عبر {brand}',
    pickup: 'رمز استلام طردك من {brand}',
    stranger: 'إذا لم تطلبه، فتجاهل هذه الرسالة.',
  },
  tr: {
    payment: '{brand} ödemenizi onaylayın',
    pickup: '{brand} teslim kodunuz',
    stranger: 'Bunu siz istemediyseniz bu e-postayı dikkate almayın.',
  },
  ru: {
    payment: 'Подтвердите платёж в {brand}',
    pickup: 'Код получения посылки {brand}',
    stranger: 'Если вы его не запрашивали, не обращайте внимания на это письмо.',
  },
  uk: {
    payment: 'Підтвердьте платіж у {brand}',
    pickup: 'Код отримання посилки {brand}',
    stranger: 'Якщо ви його не запитували, не зважайте на цей лист.',
  },
  pl: {
    payment: 'Potwierdź płatność w {brand}',
    pickup: 'Twój kod odbioru {brand}',
    stranger: 'Jeśli to nie Ty o niego prosisz, zignoruj tę wiadomość.',
  },
  vi: {
    payment: 'Xác nhận thanh toán của bạn tại {brand}',
    pickup: 'Mã nhận hàng {brand} của bạn',
    stranger: 'Nếu bạn không yêu cầu, hãy bỏ qua email này.',
  },
  th: {
    payment: 'ยืนยันการชำระเงินของคุณที่ {brand}',
    pickup: 'รหัสรับพัสดุ {brand} ของคุณ',
    stranger: 'หากคุณไม่ได้ขอรหัส โปรดเพิกเฉยต่ออีเมลนี้',
  },
  ja: {
    payment: '{brand} でのお支払いの確認',
    pickup: '{brand} の受取コード',
    stranger: 'お心当たりがない場合は、このメールを無視してください。',
  },
  ko: {
    payment: '{brand} 결제 확인',
    pickup: '{brand} 수령 코드',
    stranger: '요청하지 않았다면 이 이메일을 무시하세요.',
  },
  zh_CN: {
    payment: '确认您在 {brand} 的付款',
    pickup: '您的 {brand} 取件码',
    stranger: '如果不是您本人操作，请忽略此邮件。',
  },
};

/** The texts of a kind: one SMS and one e-mail per language. */
export function packTexts(
  kind: PackText,
): { channel: 'sms' | 'email'; locale: string; text: string; subject: string | null }[] {
  const sentences = Object.entries(PACK_TEXTS[kind]) as [Language, string][];
  return [
    ...sentences.map(([locale, text]) => ({ channel: 'sms' as const, locale, text, subject: null })),
    ...sentences.map(([locale, text]) => ({
      channel: 'email' as const,
      locale,
      text: `${text}\n\n${MAIL[locale].stranger}`,
      subject: MAIL[locale][kind],
    })),
  ];
}
