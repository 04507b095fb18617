/**
 * The fixed texts of WhatsApp authentication templates, as far as they are known. Only en_US and es_ES are confirmed
 * by Meta's documentation; the rest is a third party's transcription, and Meta changes them without notice. Good
 * enough for a pretend phone; a real one reads what Meta sends. The Arabic footer is ours.
 */
export type WhatsAppText = { body: string; security: string; footer: string; copy: string; autofill: string };

type Row = readonly [languages: string, body: string, security: string, footer: string, copy: string, autofill: string];

// biome-ignore format: one language a line is easier to compare with the source.
const ROWS: readonly Row[] = [
  ['af', '*{{1}}* is jou verifikasiekode.', 'Moenie hierdie kode deel nie, vir jou eie sekuriteit.', 'Hierdie kode verstryk oor {n} minutes.', 'Kopieer kode', 'Outovul'],
  ['sq', '*{{1}}* është kodi yt i verifikimit.', 'Për sigurinë tënde, mos e ndaj këtë kod.', 'Ky kod skadon pas {n} minutash.', 'Kopjo kodin', 'Plotëso automatikisht'],
  ['ar', '*{{1}}* هو رمز التحقق الخاص بك.', 'للحفاظ على أمانك، تجنب مشاركة هذا الرمز.', 'تنتهي صلاحية هذا الرمز خلال {n} دقائق.', 'نسخ الرمز', 'ملء تلقائي'],
  ['bn', '*{{1}}* হলো আপনার ভেরিফিকেশন কোড।', 'আপনার নিরাপত্তার কারণেই এই কোডটা শেয়ার করবেন না।', 'এই কোডের মেয়াদ {n} মিনিটের মধ্যে শেষ হয়ে যাবে।', 'কোডটি কপি করুন', 'অটোফিল করুন'],
  ['bg', '*{{1}}* е вашият код за потвърждение.', 'С оглед на сигурността ви не споделяйте този код.', 'Този код изтича след {n} минути', 'Копиране на кода', 'Автоматично попълване'],
  ['zh_CN', '*{{1}}* 是你的验证码。', '为安全起见，请不要分享这组验证码。', '这组验证码将在 {n} 分钟后过期。', '复制验证码', '自动填写'],
  ['zh_HK', '*{{1}}* 是你的驗證碼。', '為了安全起見，請勿分享此驗證碼。', '這組驗證碼將於 {n} 分鐘後失效。', '複製驗證碼', '自動填入'],
  ['zh_TW', '*{{1}}* 是你的驗證碼。', '為了安全起見，請勿分享此驗證碼。', '這組驗證碼將於 {n} 分鐘後失效。', '複製驗證碼', '自動填入'],
  ['hr', '*{{1}}* je vaš kôd za provjeru valjanosti.', 'Nemojte dijeliti kôd radi svoje sigurnosti.', 'Ovaj kôd istječe za {n} min.', 'Kopiraj kôd', 'Automatski ispuni'],
  ['cs', 'Váš ověřovací kód je *{{1}}*.', 'Z bezpečnostních důvodů tenhle kód s nikým nesdílejte.', 'Platnost kódu skončí za {n} min.', 'Zkopírovat kód', 'Automatické vyplnění'],
  ['da', '*{{1}}* er din verificeringskode.', 'Af hensyn til din sikkerhed må du ikke dele denne kode.', 'Denne kode udløber om {n} minutter.', 'Kopiér koden', 'Udfyld automatisk'],
  ['nl', '*{{1}}* is je verificatiecode.', 'Deel deze code om veiligheidsredenen niet.', 'Deze code verloopt over {n} minuten.', 'Code kopiëren', 'Automatisch invullen'],
  ['en en_US en_GB', '*{{1}}* is your verification code.', 'For your security, do not share this code.', 'This code expires in {n} minutes.', 'Copy code', 'Autofill'],
  ['et', '*{{1}}* on sinu kinnituskood.', 'Turvalisuse huvides ära jaga seda koodi.', 'See kood aegub {n} minuti pärast.', 'Kopeeri kood', 'Automaatne täitmine'],
  ['fil', '*{{1}}* ang iyong verification code.', 'Para sa iyong seguridad, huwag i-share ang code na ito.', 'Mag-e-expire ang code na ito sa loob ng {n} minuto.', 'Kopyahin ang code', 'Autofill'],
  ['fi', '*{{1}}* on vahvistuskoodisi.', 'Pidä koodi omana tietonasi turvallisuussyistä.', 'Tämä koodi vanhenee {n} minuutin kuluttua.', 'Kopioi koodi', 'Täytä automaattisesti'],
  ['fr', 'Votre code de vérification est *{{1}}*.', 'Pour votre sécurité, ne le partagez pas.', 'Ce code expire dans {n} minutes.', 'Copier le code', 'Saisie automatique'],
  ['ka', '*{{1}}* არის თქვენი დამადასტურებელი კოდი.', 'თქვენივე უსაფრთხოებისთვის, არავის გაუზიაროთ ეს კოდი.', 'ამ კოდის მოქმედების ვადა ამოიწურება {n} წუთში.', 'კოდის კოპირება', 'თვითშევსება'],
  ['de', 'Dein Verifizierungscode lautet *{{1}}*.', 'Aus Sicherheitsgründen solltest du den Code nicht teilen.', 'Dieser Code verfällt in {n} Minuten.', 'Code kopieren', 'Automatisch ausfüllen'],
  ['el', 'Το *{{1}}* είναι ο κωδικός επαλήθευσής σας.', 'Για τη δική σας ασφάλεια, μην τον κοινοποιήσετε σε τρίτους.', 'Ο κωδικός λήγει σε {n} λεπτά.', 'Αντιγραφή κωδικού', 'Αυτόματη συμπλήρωση'],
  ['gu', '*{{1}}*એ તમારો ખાતરીનો કોડ છે.', 'તમારી સુરક્ષા માટે, આ કોડ કોઈની સાથે શેર કરશો નહીં.', 'આ કોડ {n} મિનિટમાં સમાપ્ત થશે.', 'કોડ કોપિ કરો', 'આપમેળે ભરો'],
  ['he', 'קוד האימות הוא *{{1}}*.', 'מטעמי אבטחה, אין לשתף את הקוד הזה.', 'תוקף הקוד הזה יפוג בעוד {n} דקות.', 'העתקת הקוד', 'מילוי אוטומטי'],
  ['hi', '*{{1}}* आपका वेरिफ़िकेशन कोड है.', 'अपनी सुरक्षा के लिए, इस कोड को किसी के साथ शेयर न करें.', 'इस कोड की समय-सीमा {n} मिनट में समाप्त हो जाएगी', 'कोड कॉपी करें', 'अपने आप भरें'],
  ['hu', 'A(z) *{{1}}* az ellenőrző kódod.', 'A saját biztonságod érdekében mással ne oszd meg ezt a kódot.', 'Ez a kód {n} perc múlva lejár.', 'Kód másolása', 'Automatikus kitöltés'],
  ['id', '*{{1}}* adalah kode verifikasi Anda.', 'Demi keamanan, jangan bagikan kode ini.', 'Kode ini kedaluwarsa dalam {n} menit.', 'Salin kode', 'Isi otomatis'],
  ['it', '*{{1}}* è il tuo codice di verifica.', 'Per garantire la tua sicurezza, ti consigliamo di non condividere questo codice.', 'Questo codice scadrà tra {n} minuti.', 'Copia codice', 'Inserimento automatico'],
  ['ja', '*{{1}}*があなたの認証コードです。', 'セキュリティのため、このコードは他の人に共有しないでください。', 'このコードは{n}分後に期限切れとなります', 'コードをコピー', '自動入力'],
  ['kn', '*{{1}}* ಇದು ನಿಮ್ಮ ಪರಿಶೀಲನೆ ಕೋಡ್ ಆಗಿದೆ.', 'ನಿಮ್ಮ ಭದ್ರತೆಗಾಗಿ, ಈ ಕೋಡ್ ಅನ್ನು ಹಂಚಿಕೊಳ್ಳಬೇಡಿ.', 'ಈ ಕೋಡ್ {n} ನಿಮಿಷಗಳಲ್ಲಿ ಅವಧಿ ಮೀರುತ್ತದೆ', 'ಕೋಡ್ ನಕಲಿಸಿ', 'ಸ್ವಯಂಭರ್ತಿ'],
  ['ko', '인증 코드는 *{{1}}*입니다.', '보안을 위해 이 코드는 공유하지 마세요.', '이 코드는 {n}분 후에 만료됩니다.', '코드 복사', '자동 입력'],
  ['lv', '*{{1}}* ir jūsu verifikācijas kods.', 'Jūsu drošībai nekopīgojiet šo kodu.', 'Koda derīgums beidzas pēc {n} minūtēm', 'Kopēt kodu', 'Automātiski aizpildīt'],
  ['lt', '*{{1}}* yra jūsų patvirtinimo kodas.', 'Saugos sumetimais nebendrinkite šio kodo.', 'Šis kodas baigs galioti po {n} min.', 'Kopijuoti kodą', 'Automatinis pildymas'],
  ['mk', '*{{1}}* е твојот код за верификација.', 'За твоја безбедност, не го споделувај овој код.', 'Кодов истекува за {n} минути.', 'Копирај го кодот', 'Пополни автоматски'],
  ['ms', '*{{1}}* adalah kod penentusahan anda.', 'Untuk keselamatan anda, jangan kongsikan kod ini.', 'Kod ini akan luput dalam masa {n} minit.', 'Salin kod', 'Autoisi'],
  ['ml', 'നിങ്ങളുടെ വെരിഫിക്കേഷൻ കോഡ് *{{1}}* ആണ്.', 'നിങ്ങളുടെ സുരക്ഷയ്ക്ക്, ഈ കോഡ് പങ്കിടരുത്.', 'ഈ കോഡ് {n} മിനിറ്റിനുള്ളിൽ കാലഹരണപ്പെടുന്നു', 'കോഡ് പകർത്തുക', 'ഓട്ടോഫിൽ ചെയ്യുക'],
  ['mr', '*{{1}}* हा तुमचा व्हेरिफिकेशन कोड आहे.', 'तुमच्या सुरक्षेसाठी, हा कोड शेअर करू नका.', 'हा कोड {n} मिनिटांमध्ये कालबाह्य होतो.', 'कोड कॉपी करा', 'ऑटोफिल'],
  ['nb', '*{{1}}* er bekreftelseskoden din.', 'Av hensyn til sikkerheten din må du ikke dele denne koden.', 'Denne koden utløper om {n} minutter.', 'Kopier kode', 'Automatisk utfylling'],
  ['pl', '*{{1}}* to kod weryfikacyjny.', 'Ze względów bezpieczeństwa nie udostępniaj tego kodu.', 'Ten kod wygaśnie za {n} minut.', 'Skopiuj kod', 'Uzupełnij automatycznie'],
  ['pt_BR', 'Seu código de verificação é *{{1}}*.', 'Para sua segurança, não o compartilhe.', 'Este código expira em {n} minutos.', 'Copiar código', 'Preenchimento automático'],
  ['pt_PT', '*{{1}}* é o teu código de verificação.', 'Para tua segurança, não partilhes este código.', 'Este código expira dentro de {n} minutos.', 'Copiar código', 'Preencher automaticamente'],
  ['pa', '*{{1}}* ਤੁਹਾਡਾ ਪੁਸ਼ਟੀਕਰਨ ਕੋਡ ਹੈ।', 'ਆਪਣੀ ਸੁਰੱਖਿਆ ਲਈ, ਇਹ ਕੋਡ ਸਾਂਝਾ ਨਾ ਕਰੋ।', 'ਇਸ ਕੋਡ ਦੀ ਮਿਆਦ {n} ਮਿੰਟਾਂ ਵਿੱਚ ਸਮਾਪਤ ਹੋ ਜਾਵੇਗੀ।', 'ਕੋਡ ਕਾਪੀ ਕਰੋ', 'ਸਵੈਚਲ ਭਰੋ'],
  ['ro', '*{{1}}* este codul tău de verificare.', 'Pentru siguranţa ta, nu dezvălui acest cod.', 'Acest cod va expira peste {n} minutes.', 'Copiază codul', 'Completare automată'],
  ['ru', 'Ваш код подтверждения — *{{1}}*.', 'Из соображений безопасности не сообщайте никому этот код.', 'Срок действия этого кода истекает через {n} минут.', 'Копировать код', 'Заполнить автоматически'],
  ['sr', '*{{1}}* је ваш кôд за потврду.', 'Ради сопствене безбедности, немојте га делити ни са ким.', 'Овај кôд истиче за {n} минута.', 'Копирај кôд', 'Аутоматско попуњавање'],
  ['sk', '*{{1}}* je váš overovací kód.', 'V záujme bezpečnosti tento kód nezdieľajte.', 'Tento kód vyprší o {n} min.', 'Kopírovať kód', 'Vyplniť automaticky'],
  ['sl', 'Tvoja potrditvena koda je *{{1}}*', 'Zaradi varnosti ne deli te kode.', 'Koda bo potekla čez {n} minut.', 'Kopiraj kodo', 'Samozapolnitev'],
  ['es_ES es es_AR es_MX', 'Tu código de verificación es *{{1}}*.', 'Por tu seguridad, no lo compartas.', 'Este código caduca en {n} minutos.', 'Copiar código', 'Autocompletar'],
  ['sw', '*{{1}}* ndio msimbo wako wa kuthibitisha.', 'Kwa usalama wako, usimpe mwingine msimbo huu.', 'Msimbo huu utakwisha muda baada ya dakika {n}.', 'Nakili msimbo', 'Jaza kiotomatiki'],
  ['sv', '*{{1}}* är din verifieringskod.', 'Av säkerhetsskäl ska du inte dela koden med någon annan.', 'Koden går ut om {n} minuter.', 'Kopiera koden', 'Autokomplettera'],
  ['ta', '*{{1}}* என்பது சரிபார்ப்பு குறியீடாகும்.', 'பாதுகாப்பிற்காக, இந்தக் குறியீட்டைப் பகிர வேண்டாம்.', 'இந்தக் குறியீடு {n} நிமிடங்களில் காலாவதியாகும்.', 'குறியீட்டை நகலெடுத்திடுக', 'தானாக நிரப்புக'],
  ['te', '*{{1}}* మీ వెరిఫికేషన్ కోడ్.', 'మీ భద్రత కోసం ఈ కోడ్‌ను షేర్ చేయవద్దు.', 'ఈ కోడ్ గడువు {n} నిమిషాల్లో ముగుస్తుంది.', 'కోడ్‌ను కాపీ చేయండి', 'ఆటోఫిల్ చేయి'],
  ['th', 'รหัสยืนยันของคุณคือ *{{1}}*', 'โปรดอย่าบอกรหัสนี้แก่ผู้อื่นเพื่อความปลอดภัยของคุณ', 'รหัสนี้จะหมดอายุใน {n} นาที', 'คัดลอกรหัส', 'กรอกอัตโนมัติ'],
  ['tr', '*{{1}}* doğrulama kodun.', 'Güvenliğin için bu kodu paylaşma.', 'Bu kodun süresi {n} dakika sonra doluyor.', 'Kodu kopyala', 'Otomatik doldur'],
  ['uk', 'Ваш код підтвердження – *{{1}}*.', 'З міркувань безпеки не повідомляйте нікому цей код.', 'Термін дії цього коду закінчується через {n} хвилин.', 'Копіювати код', 'Заповнити автоматично'],
  ['ur', '*{{1}}* آپ کا توثیقی کوڈ ہے۔', 'اپنی حفاظت کی خاطر یہ کوڈ شیئر نہ کریں۔', 'یہ کوڈ {n} منٹ میں زائد المیعاد ہو جائے گا۔', 'کوڈ کاپی کریں', 'آٹو میٹک طریقے سے بھریں'],
  ['vi', '*{{1}}* là mã xác minh của bạn.', 'Để bảo mật, bạn đừng chia sẻ mã này.', 'Mã này sẽ hết hạn trong {n} phút nữa.', 'Sao chép mã', 'Tự động điền'],
];

const BY_LANGUAGE = new Map<string, WhatsAppText>(
  ROWS.flatMap(([languages, body, security, footer, copy, autofill]) =>
    languages
      .split(' ')
      .map((language): [string, WhatsAppText] => [language, { body, security, footer, copy, autofill }]),
  ),
);

const ENGLISH = BY_LANGUAGE.get('en_US') as WhatsAppText;

/** Meta's list of template languages: there is no plain `pt`, `zh` or `no`. */
export const TEMPLATE_LANGUAGES =
  `af sq ar az bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US et fil fi fr ka de el gu ha he hi
  hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa pl pt_BR pt_PT pa ro ru sr sk sl es es_AR es_ES es_MX sw sv ta te
  th tr uk ur uz vi zu`.split(/\s+/);

/** The texts in a template language; languages without a translation read English, as at Meta. */
export function whatsAppText(language: string): WhatsAppText {
  return BY_LANGUAGE.get(language) ?? ENGLISH;
}

/** The expiry sentence for a number of minutes. */
export function expirySentence(text: WhatsAppText, minutes: number): string {
  return text.footer.replace('{n}', String(minutes));
}

/** What the phone shows: the code in its sentence, the warning, the expiry. WhatsApp's bold stars are formatting, not text. */
export function renderTemplate(
  language: string,
  code: string,
  options: { isSecured: boolean; minutes: number | null },
): string {
  const text = whatsAppText(language);
  const sentences = [text.body.replace('*{{1}}*', code)];
  if (options.isSecured) sentences.push(text.security);
  const body = sentences.join(' ');
  return options.minutes === null ? body : `${body}\n${expirySentence(text, options.minutes)}`;
}
