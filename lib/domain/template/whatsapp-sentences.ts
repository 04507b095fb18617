/**
 * The fixed sentences of WhatsApp's authentication templates, for previews: nobody but Meta writes them. Confirmed by Meta's
 * documentation for English and Spanish only; the others are a third party's transcription of WhatsApp Manager, which
 * Meta changes without notice. Null: no reliable text was found.
 */
export type WhatsAppSentences = {
  body: string;
  security: string;
  /** With `{minutes}`. */
  expiry: string | null;
  copyCode: string;
  autofill: string;
};

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'fa', 'he', 'ur']);
export const isRightToLeft = (locale: string): boolean => RIGHT_TO_LEFT.has(locale.split(/[_-]/)[0] ?? '');

/** Meta's own documentation shows these; the others are approximate. */
const CONFIRMED: ReadonlySet<string> = new Set(['en', 'en_US', 'en_GB', 'es', 'es_ES', 'es_AR', 'es_MX']);
export const isConfirmed = (locale: string): boolean => CONFIRMED.has(locale);

/** The languages that Meta takes templates in (Meta's list of supported languages). */
export const WHATSAPP_LANGUAGES = (
  'af sq ar az bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US et fil fi fr ka de el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa ' +
  'pl pt_BR pt_PT pa ro ru sr sk sl es es_AR es_ES es_MX sw sv ta te th tr uk ur uz vi zu'
).split(' ');

const SENTENCES: Readonly<Record<string, readonly [string, string, string | null, string, string]>> = {
  af: [
    '{code} is jou verifikasiekode.',
    'Moenie hierdie kode deel nie, vir jou eie sekuriteit.',
    'Hierdie kode verstryk oor {minutes} minutes.',
    'Kopieer kode',
    'Outovul',
  ],
  sq: [
    '{code} është kodi yt i verifikimit.',
    'Për sigurinë tënde, mos e ndaj këtë kod.',
    'Ky kod skadon pas {minutes} minutash.',
    'Kopjo kodin',
    'Plotëso automatikisht',
  ],
  ar: ['{code} هو رمز التحقق الخاص بك.', 'للحفاظ على أمانك، تجنب مشاركة هذا الرمز.', null, 'نسخ الرمز', 'ملء تلقائي'],
  bn: [
    '{code} হলো আপনার ভেরিফিকেশন কোড।',
    'আপনার নিরাপত্তার কারণেই এই কোডটা শেয়ার করবেন না।',
    'এই কোডের মেয়াদ {minutes} মিনিটের মধ্যে শেষ হয়ে যাবে।',
    'কোডটি কপি করুন',
    'অটোফিল করুন',
  ],
  bg: [
    '{code} е вашият код за потвърждение.',
    'С оглед на сигурността ви не споделяйте този код.',
    'Този код изтича след {minutes} минути',
    'Копиране на кода',
    'Автоматично попълване',
  ],
  zh_CN: [
    '{code} 是你的验证码。',
    '为安全起见，请不要分享这组验证码。',
    '这组验证码将在 {minutes} 分钟后过期。',
    '复制验证码',
    '自动填写',
  ],
  zh_HK: [
    '{code} 是你的驗證碼。',
    '為了安全起見，請勿分享此驗證碼。',
    '這組驗證碼將於 {minutes} 分鐘後失效。',
    '複製驗證碼',
    '自動填入',
  ],
  zh_TW: [
    '{code} 是你的驗證碼。',
    '為了安全起見，請勿分享此驗證碼。',
    '這組驗證碼將於 {minutes} 分鐘後失效。',
    '複製驗證碼',
    '自動填入',
  ],
  hr: [
    '{code} je vaš kôd za provjeru valjanosti.',
    'Nemojte dijeliti kôd radi svoje sigurnosti.',
    'Ovaj kôd istječe za {minutes} min.',
    'Kopiraj kôd',
    'Automatski ispuni',
  ],
  cs: [
    'Váš ověřovací kód je {code}.',
    'Z bezpečnostních důvodů tenhle kód s nikým nesdílejte.',
    'Platnost kódu skončí za {minutes} min.',
    'Zkopírovat kód',
    'Automatické vyplnění',
  ],
  da: [
    '{code} er din verificeringskode.',
    'Af hensyn til din sikkerhed må du ikke dele denne kode.',
    'Denne kode udløber om {minutes} minutter.',
    'Kopiér koden',
    'Udfyld automatisk',
  ],
  nl: [
    '{code} is je verificatiecode.',
    'Deel deze code om veiligheidsredenen niet.',
    'Deze code verloopt over {minutes} minuten.',
    'Code kopiëren',
    'Automatisch invullen',
  ],
  en: [
    '{code} is your verification code.',
    'For your security, do not share this code.',
    'This code expires in {minutes} minutes.',
    'Copy code',
    'Autofill',
  ],
  en_US: [
    '{code} is your verification code.',
    'For your security, do not share this code.',
    'This code expires in {minutes} minutes.',
    'Copy code',
    'Autofill',
  ],
  en_GB: [
    '{code} is your verification code.',
    'For your security, do not share this code.',
    'This code expires in {minutes} minutes.',
    'Copy code',
    'Autofill',
  ],
  et: [
    '{code} on sinu kinnituskood.',
    'Turvalisuse huvides ära jaga seda koodi.',
    'See kood aegub {minutes} minuti pärast.',
    'Kopeeri kood',
    'Automaatne täitmine',
  ],
  fil: [
    '{code} ang iyong verification code.',
    'Para sa iyong seguridad, huwag i-share ang code na ito.',
    'Mag-e-expire ang code na ito sa loob ng {minutes} minuto.',
    'Kopyahin ang code',
    'Autofill',
  ],
  fi: [
    '{code} on vahvistuskoodisi.',
    'Pidä koodi omana tietonasi turvallisuussyistä.',
    'Tämä koodi vanhenee {minutes} minuutin kuluttua.',
    'Kopioi koodi',
    'Täytä automaattisesti',
  ],
  fr: [
    'Votre code de vérification est {code}.',
    'Pour votre sécurité, ne le partagez pas.',
    'Ce code expire dans {minutes} minutes.',
    'Copier le code',
    'Saisie automatique',
  ],
  ka: [
    '{code} არის თქვენი დამადასტურებელი კოდი.',
    'თქვენივე უსაფრთხოებისთვის, არავის გაუზიაროთ ეს კოდი.',
    'ამ კოდის მოქმედების ვადა ამოიწურება {minutes} წუთში.',
    'კოდის კოპირება',
    'თვითშევსება',
  ],
  de: [
    'Dein Verifizierungscode lautet {code}.',
    'Aus Sicherheitsgründen solltest du den Code nicht teilen.',
    'Dieser Code verfällt in {minutes} Minuten.',
    'Code kopieren',
    'Automatisch ausfüllen',
  ],
  el: [
    'Το {code} είναι ο κωδικός επαλήθευσής σας.',
    'Για τη δική σας ασφάλεια, μην τον κοινοποιήσετε σε τρίτους.',
    'Ο κωδικός λήγει σε {minutes} λεπτά.',
    'Αντιγραφή κωδικού',
    'Αυτόματη συμπλήρωση',
  ],
  gu: [
    '{code}એ તમારો ખાતરીનો કોડ છે.',
    'તમારી સુરક્ષા માટે, આ કોડ કોઈની સાથે શેર કરશો નહીં.',
    'આ કોડ {minutes} મિનિટમાં સમાપ્ત થશે.',
    'કોડ કોપિ કરો',
    'આપમેળે ભરો',
  ],
  he: [
    'קוד האימות הוא {code}.',
    'מטעמי אבטחה, אין לשתף את הקוד הזה.',
    'תוקף הקוד הזה יפוג בעוד {minutes} דקות.',
    'העתקת הקוד',
    'מילוי אוטומטי',
  ],
  hi: [
    '{code} आपका वेरिफ़िकेशन कोड है.',
    'अपनी सुरक्षा के लिए, इस कोड को किसी के साथ शेयर न करें.',
    'इस कोड की समय-सीमा {minutes} मिनट में समाप्त हो जाएगी',
    'कोड कॉपी करें',
    'अपने आप भरें',
  ],
  hu: [
    'A(z) {code} az ellenőrző kódod.',
    'A saját biztonságod érdekében mással ne oszd meg ezt a kódot.',
    'Ez a kód {minutes} perc múlva lejár.',
    'Kód másolása',
    'Automatikus kitöltés',
  ],
  id: [
    '{code} adalah kode verifikasi Anda.',
    'Demi keamanan, jangan bagikan kode ini.',
    'Kode ini kedaluwarsa dalam {minutes} menit.',
    'Salin kode',
    'Isi otomatis',
  ],
  it: [
    '{code} è il tuo codice di verifica.',
    'Per garantire la tua sicurezza, ti consigliamo di non condividere questo codice.',
    'Questo codice scadrà tra {minutes} minuti.',
    'Copia codice',
    'Inserimento automatico',
  ],
  ja: [
    '{code}があなたの認証コードです。',
    'セキュリティのため、このコードは他の人に共有しないでください。',
    'このコードは{minutes}分後に期限切れとなります',
    'コードをコピー',
    '自動入力',
  ],
  kn: [
    '{code} ಇದು ನಿಮ್ಮ ಪರಿಶೀಲನೆ ಕೋಡ್ ಆಗಿದೆ.',
    'ನಿಮ್ಮ ಭದ್ರತೆಗಾಗಿ, ಈ ಕೋಡ್ ಅನ್ನು ಹಂಚಿಕೊಳ್ಳಬೇಡಿ.',
    'ಈ ಕೋಡ್ {minutes} ನಿಮಿಷಗಳಲ್ಲಿ ಅವಧಿ ಮೀರುತ್ತದೆ',
    'ಕೋಡ್ ನಕಲಿಸಿ',
    'ಸ್ವಯಂಭರ್ತಿ',
  ],
  ko: [
    '인증 코드는 {code}입니다.',
    '보안을 위해 이 코드는 공유하지 마세요.',
    '이 코드는 {minutes}분 후에 만료됩니다.',
    '코드 복사',
    '자동 입력',
  ],
  lv: [
    '{code} ir jūsu verifikācijas kods.',
    'Jūsu drošībai nekopīgojiet šo kodu.',
    'Koda derīgums beidzas pēc {minutes} minūtēm',
    'Kopēt kodu',
    'Automātiski aizpildīt',
  ],
  lt: [
    '{code} yra jūsų patvirtinimo kodas.',
    'Saugos sumetimais nebendrinkite šio kodo.',
    'Šis kodas baigs galioti po {minutes} min.',
    'Kopijuoti kodą',
    'Automatinis pildymas',
  ],
  mk: [
    '{code} е твојот код за верификација.',
    'За твоја безбедност, не го споделувај овој код.',
    'Кодов истекува за {minutes} минути.',
    'Копирај го кодот',
    'Пополни автоматски',
  ],
  ms: [
    '{code} adalah kod penentusahan anda.',
    'Untuk keselamatan anda, jangan kongsikan kod ini.',
    'Kod ini akan luput dalam masa {minutes} minit.',
    'Salin kod',
    'Autoisi',
  ],
  ml: [
    'നിങ്ങളുടെ വെരിഫിക്കേഷൻ കോഡ് {code} ആണ്.',
    'നിങ്ങളുടെ സുരക്ഷയ്ക്ക്, ഈ കോഡ് പങ്കിടരുത്.',
    'ഈ കോഡ് {minutes} മിനിറ്റിനുള്ളിൽ കാലഹരണപ്പെടുന്നു',
    'കോഡ് പകർത്തുക',
    'ഓട്ടോഫിൽ ചെയ്യുക',
  ],
  mr: [
    '{code} हा तुमचा व्हेरिफिकेशन कोड आहे.',
    'तुमच्या सुरक्षेसाठी, हा कोड शेअर करू नका.',
    'हा कोड {minutes} मिनिटांमध्ये कालबाह्य होतो.',
    'कोड कॉपी करा',
    'ऑटोफिल',
  ],
  nb: [
    '{code} er bekreftelseskoden din.',
    'Av hensyn til sikkerheten din må du ikke dele denne koden.',
    'Denne koden utløper om {minutes} minutter.',
    'Kopier kode',
    'Automatisk utfylling',
  ],
  pl: [
    '{code} to kod weryfikacyjny.',
    'Ze względów bezpieczeństwa nie udostępniaj tego kodu.',
    'Ten kod wygaśnie za {minutes} minut.',
    'Skopiuj kod',
    'Uzupełnij automatycznie',
  ],
  pt_BR: [
    'Seu código de verificação é {code}.',
    'Para sua segurança, não o compartilhe.',
    'Este código expira em {minutes} minutos.',
    'Copiar código',
    'Preenchimento automático',
  ],
  pt_PT: [
    '{code} é o teu código de verificação.',
    'Para tua segurança, não partilhes este código.',
    'Este código expira dentro de {minutes} minutos.',
    'Copiar código',
    'Preencher automaticamente',
  ],
  pa: [
    '{code} ਤੁਹਾਡਾ ਪੁਸ਼ਟੀਕਰਨ ਕੋਡ ਹੈ।',
    'ਆਪਣੀ ਸੁਰੱਖਿਆ ਲਈ, ਇਹ ਕੋਡ ਸਾਂਝਾ ਨਾ ਕਰੋ।',
    'ਇਸ ਕੋਡ ਦੀ ਮਿਆਦ {minutes} ਮਿੰਟਾਂ ਵਿੱਚ ਸਮਾਪਤ ਹੋ ਜਾਵੇਗੀ।',
    'ਕੋਡ ਕਾਪੀ ਕਰੋ',
    'ਸਵੈਚਲ ਭਰੋ',
  ],
  ro: [
    '{code} este codul tău de verificare.',
    'Pentru siguranţa ta, nu dezvălui acest cod.',
    'Acest cod va expira peste {minutes} minutes.',
    'Copiază codul',
    'Completare automată',
  ],
  ru: [
    'Ваш код подтверждения — {code}.',
    'Из соображений безопасности не сообщайте никому этот код.',
    'Срок действия этого кода истекает через {minutes} минут.',
    'Копировать код',
    'Заполнить автоматически',
  ],
  sr: [
    '{code} је ваш кôд за потврду.',
    'Ради сопствене безбедности, немојте га делити ни са ким.',
    'Овај кôд истиче за {minutes} минута.',
    'Копирај кôд',
    'Аутоматско попуњавање',
  ],
  sk: [
    '{code} je váš overovací kód.',
    'V záujme bezpečnosti tento kód nezdieľajte.',
    'Tento kód vyprší o {minutes} min.',
    'Kopírovať kód',
    'Vyplniť automaticky',
  ],
  sl: [
    'Tvoja potrditvena koda je {code}',
    'Zaradi varnosti ne deli te kode.',
    'Koda bo potekla čez {minutes} minut.',
    'Kopiraj kodo',
    'Samozapolnitev',
  ],
  es_ES: [
    'Tu código de verificación es {code}.',
    'Por tu seguridad, no lo compartas.',
    'Este código caduca en {minutes} minutos.',
    'Copiar código',
    'Autocompletar',
  ],
  es: [
    'Tu código de verificación es {code}.',
    'Por tu seguridad, no lo compartas.',
    'Este código caduca en {minutes} minutos.',
    'Copiar código',
    'Autocompletar',
  ],
  es_AR: [
    'Tu código de verificación es {code}.',
    'Por tu seguridad, no lo compartas.',
    'Este código caduca en {minutes} minutos.',
    'Copiar código',
    'Autocompletar',
  ],
  es_MX: [
    'Tu código de verificación es {code}.',
    'Por tu seguridad, no lo compartas.',
    'Este código caduca en {minutes} minutos.',
    'Copiar código',
    'Autocompletar',
  ],
  sw: [
    '{code} ndio msimbo wako wa kuthibitisha.',
    'Kwa usalama wako, usimpe mwingine msimbo huu.',
    'Msimbo huu utakwisha muda baada ya dakika {minutes}.',
    'Nakili msimbo',
    'Jaza kiotomatiki',
  ],
  sv: [
    '{code} är din verifieringskod.',
    'Av säkerhetsskäl ska du inte dela koden med någon annan.',
    'Koden går ut om {minutes} minuter.',
    'Kopiera koden',
    'Autokomplettera',
  ],
  ta: [
    '{code} என்பது சரிபார்ப்பு குறியீடாகும்.',
    'பாதுகாப்பிற்காக, இந்தக் குறியீட்டைப் பகிர வேண்டாம்.',
    'இந்தக் குறியீடு {minutes} நிமிடங்களில் காலாவதியாகும்.',
    'குறியீட்டை நகலெடுத்திடுக',
    'தானாக நிரப்புக',
  ],
  te: [
    '{code} మీ వెరిఫికేషన్ కోడ్.',
    'మీ భద్రత కోసం ఈ కోడ్‌ను షేర్ చేయవద్దు.',
    'ఈ కోడ్ గడువు {minutes} నిమిషాల్లో ముగుస్తుంది.',
    'కోడ్‌ను కాపీ చేయండి',
    'ఆటోఫిల్ చేయి',
  ],
  th: [
    'รหัสยืนยันของคุณคือ {code}',
    'โปรดอย่าบอกรหัสนี้แก่ผู้อื่นเพื่อความปลอดภัยของคุณ',
    'รหัสนี้จะหมดอายุใน {minutes} นาที',
    'คัดลอกรหัส',
    'กรอกอัตโนมัติ',
  ],
  tr: [
    '{code} doğrulama kodun.',
    'Güvenliğin için bu kodu paylaşma.',
    'Bu kodun süresi {minutes} dakika sonra doluyor.',
    'Kodu kopyala',
    'Otomatik doldur',
  ],
  uk: [
    'Ваш код підтвердження – {code}.',
    'З міркувань безпеки не повідомляйте нікому цей код.',
    'Термін дії цього коду закінчується через {minutes} хвилин.',
    'Копіювати код',
    'Заповнити автоматично',
  ],
  ur: [
    '{code} آپ کا توثیقی کوڈ ہے۔',
    'اپنی حفاظت کی خاطر یہ کوڈ شیئر نہ کریں۔',
    'یہ کوڈ {minutes} منٹ میں زائد المیعاد ہو جائے گا۔',
    'کوڈ کاپی کریں',
    'آٹو میٹک طریقے سے بھریں',
  ],
  vi: [
    '{code} là mã xác minh của bạn.',
    'Để bảo mật, bạn đừng chia sẻ mã này.',
    'Mã này sẽ hết hạn trong {minutes} phút nữa.',
    'Sao chép mã',
    'Tự động điền',
  ],
};

/** What a phone would show in a language; null where no text is known. */
export function whatsAppSentences(locale: string): WhatsAppSentences | null {
  const found = SENTENCES[locale] ?? SENTENCES[locale.split('_')[0] ?? ''];
  if (!found) return null;
  const [body, security, expiry, copyCode, autofill] = found;
  return { body, security, expiry, copyCode, autofill };
}
