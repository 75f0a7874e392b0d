"""The formats of strings that are kept, as patterns; all others are refused."""

from __future__ import annotations

__all__ = ["FORMATS_OF_STRINGS"]

_YEAR = r"[0-9]{4}"
_DAYS_TO_29 = "(?:0[1-9]|[12][0-9])"
_MONTH_DAY = (
    rf"(?:(?:0[13578]|1[02])-(?:{_DAYS_TO_29}|3[01])|(?:0[469]|11)-(?:{_DAYS_TO_29}|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
# Years that are divided by four, but not by a hundred unless by four hundred.
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DATE = rf"(?:{_YEAR}-{_MONTH_DAY}|{_LEAP_YEAR}-02-29)"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?"
_OFFSET = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_SHORT_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_GROUP = r"[0-9A-Fa-f]{1,4}"
_IPV6 = "|".join(
    [
        rf"(?:{_GROUP}:){{7}}{_GROUP}",
        rf"(?:{_GROUP}:){{1,7}}:",
        *(rf"(?:{_GROUP}:){{1,{7 - n}}}(?::{_GROUP}){{1,{n}}}" for n in range(1, 7)),
        rf":(?::{_GROUP}){{1,7}}",
        "::",
    ]
)
_HEX = r"[0-9A-Fa-f]"
_COUNTED = r"(?:[0-9]+)"
_TIME_PART = rf"T(?:{_COUNTED}H(?:{_COUNTED}M(?:{_COUNTED}S)?)?|{_COUNTED}M(?:{_COUNTED}S)?|{_COUNTED}S)"
_DAYS = rf"(?:{_COUNTED}Y(?:{_COUNTED}M(?:{_COUNTED}D)?)?|{_COUNTED}M(?:{_COUNTED}D)?|{_COUNTED}D)"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*"
_IN_URI = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"

_PATTERNS = {
    "date": _DATE,
    "time": f"{_CLOCK}{_OFFSET}",
    "date-time": f"{_DATE}T{_CLOCK}{_OFFSET}",
    "duration": rf"P(?:{_DAYS}(?:{_TIME_PART})?|{_TIME_PART}|{_COUNTED}W)",
    "email": rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*",
    "hostname": rf"{_SHORT_LABEL}(?:\.{_SHORT_LABEL})*",
    "ipv4": _IPV4,
    "ipv6": _IPV6,
    "uuid": rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
    "uri": rf"{_SCHEME}:{_IN_URI}+(?:\?(?:{_IN_URI}|\?)*)?(?:#(?:{_IN_URI}|\?)*)?",
}

FORMATS_OF_STRINGS = {name: f"^(?:{pattern})$" for name, pattern in _PATTERNS.items()}
