"""What a printed statement says, in French, Arabic and English, and how each writes figures."""

from dataclasses import dataclass
from datetime import date

from maalem.kit.money import EXPONENTS

LANGUAGES = ("fr", "ar", "en")
_MINUS, _THIN, _FIXED = "\u2212", "\u202f", "\u00a0"


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `groups` stands between thousands, `point` before the centimes."""

    code: str
    direction: str
    groups: str
    point: str
    months: tuple[str, ...]
    said: dict[str, str]
    types: dict[str, str]
    currencies: dict[str, str]

    def amount(self, minor: int, currency: str) -> str:
        """`1 250,00`, always with its centimes, so that columns stand under each other."""
        digits = EXPONENTS[currency.upper()]
        whole, cents = divmod(abs(minor), 10**digits)
        grouped = f"{whole:,}".replace(",", self.groups)
        return f"{_MINUS if minor < 0 else ''}{grouped}{self.point}{cents:0{digits}d}"

    def day(self, at: date) -> str:
        """`3 mars 2026`."""
        day = "1er" if self.code == "fr" and at.day == 1 else str(at.day)
        return f"{day}{_FIXED}{self.months[at.month - 1]}{_FIXED}{at.year}"

    def short_day(self, at: date) -> str:
        """`03/03/2026`, the same everywhere: all three languages put the day first."""
        return f"{at:%d/%m/%Y}"

    def type(self, name: str) -> str:
        """What a line is."""
        return self.types.get(name, self.types["adjustment"])


_FRENCH = Words(
    "fr",
    "ltr",
    _THIN,
    ",",
    (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    {
        "title": "Relevé de compte",
        "period": "Du {start} au {end}",
        "holder": "Titulaire",
        "account": "Compte",
        "phone": "Téléphone",
        "email": "E-mail",
        "number": "Relevé n°",
        "made": "Établi le {day}",
        "in_currency": "Montants en {currency}",
        "opening": "Solde au {day}",
        "came": "Entrées",
        "went": "Sorties",
        "paid_out": "Versé à la banque",
        "closing": "Solde au {day}",
        "date": "Date",
        "movement": "Mouvement",
        "gross": "Brut",
        "fee": "Frais",
        "net": "Net",
        "balance": "Solde",
        "count": "Nombre",
        "by_kind": "En résumé",
        "lines": "Tous les mouvements",
        "total": "Total",
        "nothing": "Aucun mouvement pendant cette période.",
        "proof": "Le solde d’ouverture et les mouvements donnent le solde de clôture ; le tout a"
        " été vérifié dans les livres avant l’édition de ce relevé.",
        "page": "Page {page} sur {pages}",
        "opens": "Solde d’ouverture",
        "closes": "Solde de clôture",
    },
    {
        "adjustment": "Ajustement",
        "application_fee": "Commission perçue",
        "application_fee_refund": "Commission rendue",
        "charge": "Paiement",
        "dispute": "Litige : montant retiré",
        "dispute_won": "Litige gagné : montant rendu",
        "payment": "Part de vente reçue",
        "payment_refund": "Part de vente rendue",
        "payment_reversal": "Paiement annulé",
        "payout": "Versement à la banque",
        "payout_cancel": "Versement annulé",
        "payout_failure": "Versement revenu",
        "refund": "Remboursement",
        "refund_failure": "Remboursement non abouti",
        "reserve_hold": "Mise en réserve",
        "reserve_release": "Fin de réserve",
        "stripe_fee": "Frais",
        "topup": "Approvisionnement",
        "topup_reversal": "Approvisionnement annulé",
        "transfer": "Transfert",
        "transfer_cancel": "Transfert annulé",
        "transfer_failure": "Transfert non abouti",
        "transfer_refund": "Transfert repris",
    },
    {"mad": "dirhams (MAD)", "eur": "euros (EUR)", "usd": "dollars (USD)"},
)

_ARABIC = Words(
    "ar",
    "rtl",
    _THIN,
    ",",
    (
        *("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو"),
        *("يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"),
    ),
    {
        "title": "كشف الحساب",
        "period": "من {start} إلى {end}",
        "holder": "صاحب الحساب",
        "account": "الحساب",
        "phone": "الهاتف",
        "email": "البريد الإلكتروني",
        "number": "رقم الكشف",
        "made": "حُرِّر في {day}",
        "in_currency": "المبالغ ب{currency}",
        "opening": "الرصيد في {day}",
        "came": "الوارد",
        "went": "الصادر",
        "paid_out": "المحوَّل إلى البنك",
        "closing": "الرصيد في {day}",
        "date": "التاريخ",
        "movement": "العملية",
        "gross": "المبلغ",
        "fee": "الرسوم",
        "net": "الصافي",
        "balance": "الرصيد",
        "count": "العدد",
        "by_kind": "ملخَّص",
        "lines": "جميع العمليات",
        "total": "المجموع",
        "nothing": "لا توجد أي عملية خلال هذه الفترة.",
        "proof": "رصيد البداية مع العمليات يساوي رصيد النهاية، وقد تمّ التحقُّق من ذلك في الدفاتر قبل"
        " إصدار هذا الكشف.",
        "page": "صفحة {page} من {pages}",
        "opens": "رصيد البداية",
        "closes": "رصيد النهاية",
    },
    {
        "adjustment": "تسوية",
        "application_fee": "عمولة مستلمة",
        "application_fee_refund": "عمولة مُرجَعة",
        "charge": "أداء",
        "dispute": "نزاع: مبلغ مسحوب",
        "dispute_won": "نزاع لصالحكم: مبلغ مُعاد",
        "payment": "حصة من بيع",
        "payment_refund": "حصة من بيع مُرجَعة",
        "payment_reversal": "أداء ملغى",
        "payout": "تحويل إلى البنك",
        "payout_cancel": "تحويل ملغى",
        "payout_failure": "تحويل أُعيد من البنك",
        "refund": "استرداد للمشتري",
        "refund_failure": "استرداد لم يتمّ",
        "reserve_hold": "مبلغ محتفَظ به",
        "reserve_release": "نهاية الاحتفاظ",
        "stripe_fee": "رسوم",
        "topup": "تغذية الحساب",
        "topup_reversal": "تغذية ملغاة",
        "transfer": "تحويل داخلي",
        "transfer_cancel": "تحويل داخلي ملغى",
        "transfer_failure": "تحويل داخلي لم يتمّ",
        "transfer_refund": "تحويل داخلي مسترجَع",
    },
    {"mad": "الدرهم", "eur": "اليورو", "usd": "الدولار"},
)

_ENGLISH = Words(
    "en",
    "ltr",
    ",",
    ".",
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    {
        "title": "Statement of account",
        "period": "{start} to {end}",
        "holder": "Account holder",
        "account": "Account",
        "phone": "Telephone",
        "email": "E-mail",
        "number": "Statement no.",
        "made": "Made on {day}",
        "in_currency": "Amounts in {currency}",
        "opening": "Balance on {day}",
        "came": "Money in",
        "went": "Money out",
        "paid_out": "Paid to the bank",
        "closing": "Balance on {day}",
        "date": "Date",
        "movement": "Movement",
        "gross": "Gross",
        "fee": "Fees",
        "net": "Net",
        "balance": "Balance",
        "count": "Count",
        "by_kind": "In short",
        "lines": "Every movement",
        "total": "Total",
        "nothing": "Nothing moved in this period.",
        "proof": "The opening balance and the movements give the closing balance; all of it was"
        " checked against the books before this statement was made.",
        "page": "Page {page} of {pages}",
        "opens": "Opening balance",
        "closes": "Closing balance",
    },
    {
        "adjustment": "Adjustment",
        "application_fee": "Commission received",
        "application_fee_refund": "Commission given back",
        "charge": "Payment",
        "dispute": "Dispute: money taken back",
        "dispute_won": "Dispute won: money returned",
        "payment": "Share of a sale",
        "payment_refund": "Share of a sale given back",
        "payment_reversal": "Payment reversed",
        "payout": "Payout to the bank",
        "payout_cancel": "Payout cancelled",
        "payout_failure": "Payout returned",
        "refund": "Refund",
        "refund_failure": "Refund not completed",
        "reserve_hold": "Put in reserve",
        "reserve_release": "Reserve released",
        "stripe_fee": "Fees",
        "topup": "Top-up",
        "topup_reversal": "Top-up reversed",
        "transfer": "Transfer",
        "transfer_cancel": "Transfer cancelled",
        "transfer_failure": "Transfer not completed",
        "transfer_refund": "Transfer taken back",
    },
    {"mad": "dirhams (MAD)", "eur": "euros (EUR)", "usd": "dollars (USD)"},
)

WORDS = {words.code: words for words in (_FRENCH, _ARABIC, _ENGLISH)}
