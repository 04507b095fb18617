/**
 * The SMS that every installation starts with, by locale. `{code}` leads, so that a lock screen shows it; no link, ever.
 * Where a language can be written in the GSM-7 alphabet without harm it is: one accent outside it (ó, ã, ş) halves the
 * length of a segment and doubles the price.
 */
export const SMS_TEXTS: Readonly<Record<string, string>> = {
  en: '{code} is your {brand} verification code. It expires in {minutes} minutes. Do not share it.',
  es: '{code} es tu clave de {brand}. Caduca en {minutes} minutos. No la compartas con nadie.',
  pt_BR: 'Use {code} para confirmar em {brand}. Vale por {minutes} minutos. Guarde em segredo.',
  pt_PT: 'Use {code} para confirmar em {brand}. Vale por {minutes} minutos. Guarde em segredo.',
  fr: '{code} est votre code de vérification {brand}. Il expire dans {minutes} minutes. Ne le partagez pas.',
  de: '{code} ist dein {brand}-Bestätigungscode. Er läuft in {minutes} Minuten ab. Gib ihn nicht weiter.',
  it: '{code} è il tuo codice di verifica {brand}. Scade tra {minutes} minuti. Non condividerlo.',
  nl: '{code} is je {brand}-verificatiecode. Deze verloopt over {minutes} minuten. Deel hem niet.',
  id: '{code} adalah kode verifikasi {brand} Anda. Berlaku {minutes} menit. Jangan bagikan.',
  ms: '{code} ialah kod pengesahan {brand} anda. Tamat tempoh dalam {minutes} minit. Jangan kongsi.',
  hi: '{code} आपका {brand} सत्यापन कोड है। यह {minutes} मिनट में समाप्त होगा। इसे साझा न करें।',
  ar: '{code} هو رمز التحقق الخاص بك في {brand}. ينتهي خلال {minutes} دقائق. لا تشاركه.',
  tr: '{code} {brand} kodunuz. {minutes} dakika sonra biter. Kimseye vermeyin.',
  ru: '{code} — ваш код подтверждения {brand}. Действует {minutes} мин. Никому его не сообщайте.',
  uk: '{code} — ваш код підтвердження {brand}. Діє {minutes} хв. Нікому його не повідомляйте.',
  pl: '{code} to kod {brand}. Wygasa za {minutes} min. Nie podawaj go nikomu.',
  vi: '{code} là mã xác minh {brand} của bạn. Mã hết hạn sau {minutes} phút. Không chia sẻ mã này.',
  th: '{code} คือรหัสยืนยัน {brand} ของคุณ หมดอายุใน {minutes} นาที ห้ามบอกผู้อื่น',
  ja: '{code} は {brand} の認証コードです。{minutes}分で無効になります。他人に教えないでください。',
  ko: '{code} 은(는) {brand} 인증 코드입니다. {minutes}분 후 만료됩니다. 공유하지 마세요.',
  zh_CN: '{code} 是您的 {brand} 验证码，{minutes} 分钟内有效。请勿告知他人。',
};
