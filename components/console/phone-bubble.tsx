import { Copy, Smartphone } from 'lucide-react';
import { classNames } from '@/components/ui/class-names';
import { isConfirmed, isRightToLeft, whatsAppSentences } from '@/lib/domain/template/whatsapp-sentences';

export type BubbleLook = { isDark: boolean; platform: 'android' | 'ios' };

/** The code that previews show: nobody's. */
const CODE = '493 817';

/**
 * A WhatsApp authentication message as a phone shows it. WhatsApp's own colours, not ours: people must recognise what their
 * users will see.
 */
export function WhatsAppBubble({
  locale,
  minutes,
  hasSecurity,
  button,
  buttonText,
  look,
}: {
  locale: string;
  minutes: number | null;
  hasSecurity: boolean;
  button: 'copy_code' | 'one_tap' | 'zero_tap' | null;
  buttonText?: string | null;
  look: BubbleLook;
}) {
  const sentences = whatsAppSentences(locale);
  const language = locale.replace('_', '-');
  const isRtl = isRightToLeft(locale);
  if (!sentences) {
    return (
      <div className="rounded-panel border border-line border-dashed p-4 text-ink-3 text-xs">
        WhatsApp’s sentences in this language are not known here. It writes them itself; nothing is missing.
      </div>
    );
  }
  const [before, after] = sentences.body.split('{code}');
  return (
    <div className={classNames('rounded-panel p-3', look.isDark ? 'bg-[#0b141a]' : 'bg-[#efeae2]')}>
      <div
        lang={language}
        dir={isRtl ? 'rtl' : 'ltr'}
        className={classNames(
          'max-w-[17rem] overflow-clip text-[13px] leading-snug shadow-[0_1px_1px_rgb(0_0_0/0.13)]',
          look.platform === 'ios' ? 'rounded-[16px]' : 'rounded-[8px]',
          look.isDark ? 'bg-[#1f2c34] text-[#e9edef]' : 'bg-[#ffffff] text-[#111b21]',
        )}
      >
        <div className="px-2.5 pt-2 pb-1.5">
          <p>
            {before}
            <strong>{CODE}</strong>
            {after}
            {hasSecurity ? ` ${sentences.security}` : ''}
          </p>
          {minutes === null ? null : (
            <p className={classNames('mt-1.5 text-[12px]', look.isDark ? 'text-[#a5b1b8]' : 'text-[#5b6a72]')}>
              {sentences.expiry === null ? (
                <span lang="en" dir="ltr" className="block">
                  The expiry line is not known here.
                </span>
              ) : (
                sentences.expiry.replace('{minutes}', String(minutes))
              )}
            </p>
          )}
          <p className={classNames('mt-0.5 text-end text-[11px]', look.isDark ? 'text-[#a5b1b8]' : 'text-[#5b6a72]')}>
            12:04
          </p>
        </div>
        {button === null || button === 'zero_tap' ? null : (
          <p
            className={classNames(
              'flex items-center justify-center gap-1.5 border-t py-2 font-medium text-[13px]',
              look.isDark ? 'border-[#ffffff1a] text-[#53bdeb]' : 'border-[#0000001a] text-[#00706b]',
            )}
          >
            {button === 'copy_code' ? (
              <Copy aria-hidden="true" className="size-3.5" />
            ) : (
              <Smartphone aria-hidden="true" className="size-3.5" />
            )}
            {buttonText || (button === 'copy_code' ? sentences.copyCode : sentences.autofill)}
          </p>
        )}
      </div>
      {button === 'zero_tap' ? (
        <p className={classNames('mt-2 text-[11px]', look.isDark ? 'text-[#a5b1b8]' : 'text-[#54656f]')}>
          Android apps with the handshake take the code by themselves; other phones show “{sentences.copyCode}”.
        </p>
      ) : null}
      {isConfirmed(locale) ? null : (
        <p className={classNames('mt-2 text-[11px]', look.isDark ? 'text-[#a5b1b8]' : 'text-[#54656f]')}>
          Approximate: WhatsApp may word it differently.
        </p>
      )}
    </div>
  );
}

/** An SMS as a phone shows it. */
export function SmsBubble({ text, locale }: { text: string; locale: string }) {
  return (
    <div className="rounded-panel bg-sunken p-3">
      <p
        lang={locale.replace('_', '-')}
        dir={isRightToLeft(locale) ? 'rtl' : 'ltr'}
        className="max-w-[19rem] whitespace-pre-wrap break-words rounded-[16px] bg-raised px-3.5 py-2.5 text-sm"
      >
        {text}
      </p>
    </div>
  );
}
