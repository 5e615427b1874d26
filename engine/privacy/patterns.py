"""Find personal data that shows by its form: e-mail, IBAN, payment card, IP address, phone number. Pure.

What has a checksum is checked (ISO 13616 mod 97, Luhn), and addresses that are not public are left out, so that a
number in a title is not taken for one. Not here: names and user ids, which need a list (people). Not covered: postal
addresses, national identity numbers, dates of birth.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

COVERS = (
    "Found by form, with checksums where there are any: e-mail, phone, IBAN, payment card, public IP address; and the "
    "dataset's own user ids and full names of users. Not found: postal addresses, national numbers, dates of birth, "
    "names of other people. What the catalogue prints is public."
)

_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][\w.+%-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.)+[A-Za-z]{2,24}(?![\w@])"
)
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?=[ ]?[A-Z0-9]{4})")
_CARD = re.compile(r"(?<![\d.,+-])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -]?)\d{6}\2\d{4,5})(?![\d-])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_VERSION = re.compile(r"(?:\bv|version|release|build|firmware|v\.)\s*$", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"(?<![\w+])(?:\+|00(?=[1-9]))\d[\d ()./-]{6,20}\d(?![\w-])")  # with a country code
_NATIONAL = (
    re.compile(r"(?<![\w.-])\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]\d{4}(?![\w-])"),  # (212) 555-0142
    re.compile(r"(?<![\w.-])[2-9]\d{2}([-.])[2-9]\d{2}\1\d{4}(?![\w-])"),  # 212-555-0142
    re.compile(r"(?<![\w.-])\(?0[1-9]\d{1,3}\)?[ /-]{1,3}\d{3,4}(?:[ -]?\d{2,4}){1,2}(?![\w-])"),  # 030 1234 5678
    re.compile(r"(?<![\w.-])0[1-9](?:[ .]\d{2}){4}(?![\w-])"),  # 06 12 34 56 78
)
_LABELLED_PHONE = re.compile(
    r"\b(?:tel|phone|telephone|telefon|fon|mobile|mobil|handy|call|whatsapp|cell)"
    r"(?: me| us| number| no)?\W{0,3}(?: at | on )?"
    r"(\+?\d[\d ()/.-]{5,18}\d)(?!\w)",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\d[ -]?\Z|\b[A-Z]{2}\d{2} ?\Z")  # a number that began before is another kind of number
# E.164: the countries' codes by zone; +1 and +7 have ten digits after it
_COUNTRY_CODE = re.compile(
    r"1(?=[2-9]\d{9}\Z)|7(?=[3-9]\d{9}\Z)|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[789]\d|8[05-8]\d|9[679]\d"
)
_HAS_ANY = re.compile(r"@|[\d:][\d\s().:/-]{4,}|[A-Z]{2}\d{2}|::")  # most texts have none: quick to say

# ISO 13616: length of the whole IBAN by country
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18,
    "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24,
    "XK": 20,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A piece of personal data: text[start:end]. Kinds: email, phone, iban, card, ip, user_id, name."""

    kind: str
    start: int
    end: int
    text: str


def find_by_form(text: str) -> list[Find]:
    """Return what is personal data by its form, in the order of the text, without overlaps."""
    if not _HAS_ANY.search(text):
        return []
    taken: list[Find] = []
    for finds in (_emails(text), _ibans(text), _cards(text), _addresses(text), _phones(text)):
        for find in finds:
            if not any(f.start < find.end and find.start < f.end for f in taken):
                taken.append(find)
    return sorted(taken, key=lambda find: find.start)


def luhn_holds(digits: str) -> bool:
    """Tell whether the last digit is the right check digit. Source: ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_holds(iban: str) -> bool:
    """Tell whether an IBAN without spaces has its country's length and the right check digits. Source: ISO 13616."""
    if len(iban) != _IBAN_LENGTHS.get(iban[:2]):
        return False
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97 == 1


def _find(kind: str, text: str, start: int, end: int) -> Find:
    return Find(kind=kind, start=start, end=end, text=text[start:end])


def _emails(text: str) -> Iterator[Find]:
    return (_find("email", text, match.start(), match.end()) for match in _EMAIL.finditer(text))


def _ibans(text: str) -> Iterator[Find]:
    for match in _IBAN_START.finditer(text):
        length, end, compact = _IBAN_LENGTHS.get(text[match.start() : match.start() + 2]), match.start(), ""
        if length is None:
            continue
        while end < len(text) and len(compact) < length and (text[end].isalnum() or text[end] == " "):
            compact += text[end].strip()
            end += 1
        ended = end == len(text) or not text[end].isalnum()
        if compact.isascii() and compact.upper() == compact and ended and iban_holds(compact):
            yield _find("iban", text, match.start(), end)


def _cards(text: str) -> Iterator[Find]:
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 13 <= len(digits) <= 19 and _is_issued(digits) and luhn_holds(digits):
            yield _find("card", text, match.start(), match.end())


def _is_issued(digits: str) -> bool:
    """Tell whether the first digits are those of a payment network, with its length."""
    head, n = int(digits[:4]), len(digits)
    return (
        (digits[0] == "4" and n in (13, 16, 19))
        or ((5100 <= head < 5600 or 2221 <= head <= 2720) and n == 16)
        or (digits[:2] in ("34", "37") and n == 15)
        or (digits[:2] in ("30", "36", "38", "39") and n == 14)
        or ((digits[:2] in ("35", "62", "64", "65") or head == 6011) and n in (16, 17, 18, 19))
    )


def _addresses(text: str) -> Iterator[Find]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                address = ipaddress.ip_address(match[0])
            except ValueError:
                continue
            if address.is_global and not _VERSION.search(text[max(0, match.start() - 12) : match.start()]):
                yield _find("ip", text, match.start(), match.end())


def _phones(text: str) -> Iterator[Find]:
    for match in _INTERNATIONAL.finditer(text):
        digits = re.sub(r"\D", "", match[0].replace("(0)", ""))
        if _is_international(digits.removeprefix("00")) and not _goes_on(text, match.start()):
            yield _find("phone", text, match.start(), match.end())
    for pattern in _NATIONAL:
        for match in pattern.finditer(text):
            is_length = 8 <= sum(char.isdigit() for char in match[0]) <= 15
            if is_length and not _goes_on(text, match.start()):
                yield _find("phone", text, match.start(), match.end())
    for match in _LABELLED_PHONE.finditer(text):
        if 7 <= sum(char.isdigit() for char in match[1]) <= 15:
            yield _find("phone", text, match.start(1), match.end(1))


def _is_international(digits: str) -> bool:
    """Tell whether digits begin with a country's code and are as long as a number may be. Source: ITU-T E.164."""
    code = _COUNTRY_CODE.match(digits)
    return code is not None and len(digits) <= 15 and len(digits) - code.end() >= 5


def _goes_on(text: str, start: int) -> bool:
    """Tell whether what starts there is the rest of a longer row of digits, such as an IBAN that does not hold."""
    return bool(_GOES_ON.search(text[max(0, start - 8) : start]))
