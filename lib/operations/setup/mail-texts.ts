/**
 * The e-mail that every installation starts with, in the languages of the SMS. The code leads the text, where mail programs
 * look for it, and stays out of the subject, which locked screens show. No link, ever.
 */
export const MAIL_TEXTS: Readonly<Record<string, { subject: string; text: string }>> = {
  en: {
    subject: 'Your {brand} verification code',
    text: '{code} is your {brand} verification code. It expires in {minutes} minutes.\n\nDo not share it with anyone. If you did not ask for it, ignore this e-mail.',
  },
  es: {
    subject: 'Tu código de verificación de {brand}',
    text: '{code} es tu código de verificación de {brand}. Caduca en {minutes} minutos.\n\nNo lo compartas con nadie. Si no lo has pedido, ignora este correo.',
  },
  pt_BR: {
    subject: 'Seu código de verificação {brand}',
    text: '{code} é o seu código de verificação {brand}. Ele expira em {minutes} minutos.\n\nNão o compartilhe com ninguém. Se você não o pediu, ignore este e-mail.',
  },
  pt_PT: {
    subject: 'O seu código de verificação {brand}',
    text: '{code} é o seu código de verificação {brand}. Expira dentro de {minutes} minutos.\n\nNão o partilhe com ninguém. Se não o pediu, ignore este e-mail.',
  },
  fr: {
    subject: 'Votre code de vérification {brand}',
    text: '{code} est votre code de vérification {brand}. Il expire dans {minutes} minutes.\n\nNe le partagez avec personne. Si vous ne l’avez pas demandé, ignorez cet e-mail.',
  },
  de: {
    subject: 'Dein {brand}-Bestätigungscode',
    text: '{code} ist dein {brand}-Bestätigungscode. Er läuft in {minutes} Minuten ab.\n\nGib ihn nicht weiter. Wenn du ihn nicht angefordert hast, ignoriere diese E-Mail.',
  },
  it: {
    subject: 'Il tuo codice di verifica {brand}',
    text: '{code} è il tuo codice di verifica {brand}. Scade tra {minutes} minuti.\n\nNon condividerlo con nessuno. Se non lo hai richiesto, ignora questa e-mail.',
  },
  nl: {
    subject: 'Je {brand}-verificatiecode',
    text: '{code} is je {brand}-verificatiecode. Deze verloopt over {minutes} minuten.\n\nDeel hem met niemand. Heb je er niet om gevraagd, negeer dan deze e-mail.',
  },
  id: {
    subject: 'Kode verifikasi {brand} Anda',
    text: '{code} adalah kode verifikasi {brand} Anda. Berlaku selama {minutes} menit.\n\nJangan bagikan kepada siapa pun. Jika Anda tidak memintanya, abaikan email ini.',
  },
  ms: {
    subject: 'Kod pengesahan {brand} anda',
    text: '{code} ialah kod pengesahan {brand} anda. Kod ini tamat tempoh dalam {minutes} minit.\n\nJangan kongsi dengan sesiapa. Jika anda tidak memintanya, abaikan e-mel ini.',
  },
  hi: {
    subject: 'आपका {brand} सत्यापन कोड',
    text: '{code} आपका {brand} सत्यापन कोड है। यह {minutes} मिनट में समाप्त होगा।\n\nइसे किसी के साथ साझा न करें। अगर आपने इसे नहीं माँगा, तो इस ईमेल को अनदेखा करें।',
  },
  ar: {
    subject: 'رمز التحقق الخاص بك في {brand}',
    text: '{code} هو رمز التحقق الخاص بك في {brand}. تنتهي صلاحيته خلال {minutes} دقائق.\n\nلا تشاركه مع أي شخص. إذا لم تطلبه، فتجاهل هذه الرسالة.',
  },
  tr: {
    subject: '{brand} doğrulama kodunuz',
    text: '{code}, {brand} doğrulama kodunuzdur. {minutes} dakika içinde geçerliliğini yitirir.\n\nKimseyle paylaşmayın. Bunu siz istemediyseniz bu e-postayı dikkate almayın.',
  },
  ru: {
    subject: 'Ваш код подтверждения {brand}',
    text: '{code} — ваш код подтверждения {brand}. Он действует {minutes} мин.\n\nНикому его не сообщайте. Если вы его не запрашивали, не обращайте внимания на это письмо.',
  },
  uk: {
    subject: 'Ваш код підтвердження {brand}',
    text: '{code} — ваш код підтвердження {brand}. Він діє {minutes} хв.\n\nНікому його не повідомляйте. Якщо ви його не запитували, не зважайте на цей лист.',
  },
  pl: {
    subject: 'Twój kod weryfikacyjny {brand}',
    text: '{code} to Twój kod weryfikacyjny {brand}. Wygasa za {minutes} min.\n\nNie udostępniaj go nikomu. Jeśli to nie Ty o niego prosisz, zignoruj tę wiadomość.',
  },
  vi: {
    subject: 'Mã xác minh {brand} của bạn',
    text: '{code} là mã xác minh {brand} của bạn. Mã hết hạn sau {minutes} phút.\n\nKhông chia sẻ mã này với bất kỳ ai. Nếu bạn không yêu cầu, hãy bỏ qua email này.',
  },
  th: {
    subject: 'รหัสยืนยัน {brand} ของคุณ',
    text: '{code} คือรหัสยืนยัน {brand} ของคุณ รหัสจะหมดอายุใน {minutes} นาที\n\nอย่าบอกรหัสนี้กับผู้อื่น หากคุณไม่ได้ขอรหัส โปรดเพิกเฉยต่ออีเมลนี้',
  },
  ja: {
    subject: '{brand} の認証コード',
    text: '{code} は {brand} の認証コードです。{minutes}分で無効になります。\n\n他人に教えないでください。お心当たりがない場合は、このメールを無視してください。',
  },
  ko: {
    subject: '{brand} 인증 코드',
    text: '{code} 은(는) {brand} 인증 코드입니다. {minutes}분 후 만료됩니다.\n\n다른 사람과 공유하지 마세요. 요청하지 않았다면 이 이메일을 무시하세요.',
  },
  zh_CN: {
    subject: '您的 {brand} 验证码',
    text: '{code} 是您的 {brand} 验证码，{minutes} 分钟内有效。\n\n请勿告知他人。如果不是您本人操作，请忽略此邮件。',
  },
};
