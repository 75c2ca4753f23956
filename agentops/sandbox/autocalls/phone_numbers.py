"""Routes of the account's phone numbers."""

from __future__ import annotations

from functools import partial

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.requests import checked, checker, refuse_errors
from agentops.sandbox.calls import Answer, Call, Refused, Route, error
from agentops.sandbox.checks import Key, Shape, Text
from agentops.sandbox.database import Row

_MISSING = error(404, "Phone number not found.")
_LABELS = {"normal": "Dedicated Number", "sip": "SIP", "caller_id": "Caller ID"}
_NICKNAME = Shape((Key("nickname", Text(50), null=True),))
_TRUNK_KEYS = (
    *("id", "phone_number", "nickname", "sip_username", "sip_address", "sip_calling_format"),
    *("inbound_authorization_type", "allowed_inbound_ips", "outbound_proxy", "country_code"),
    *("created_at", "updated_at"),
)
_DIALLING = {"US": ("+1", "415555"), "DE": ("+49", "305550"), "GB": ("+44", "207946")}


def routes(brand: Brand) -> tuple[Route, ...]:
    """The routes of this module for one brand."""
    base, one = "/user/phone-numbers", "/user/phone-numbers/<int:number>"
    naming = (Route("PUT", one, partial(rename, brand)),) if brand.nicknames else ()
    return (
        Route("GET", base, partial(list_texting, brand)),
        Route("GET", base + "/all", partial(list_all, brand)),
        Route("GET", base + "/search", partial(search, brand)),
        Route("POST", base + "/purchase", purchase),
        Route("GET", base + "/sip-trunks", list_trunks),
        Route("GET", base + "/sip-trunks/<int:number>", read_trunk),
        Route("DELETE", one, release),
        *naming,
    )


def list_all(brand: Brand, call: Call) -> Answer:
    """GET all numbers."""
    return Answer(200, {"data": [_shown(brand, row) for row in call.database.rows("phone_number", call.owner)]})


def list_texting(brand: Brand, call: Call) -> Answer:
    """GET, the older list: numbers that can send text messages and are paid for."""
    rows = call.database.rows("phone_number", call.owner)
    fitting = [row for row in rows if row["sms_capable"] and row["has_active_subscription"]]
    return Answer(200, {"data": [_shown(brand, row) for row in fitting]})


def search(brand: Brand, call: Call) -> Answer:
    """GET offers of new numbers, always the same for the same query."""
    country = (call.query("country_code") or brand.search_country).upper()
    contains = call.query("contains") or ""
    check = checker(call)
    if len(contains) > 10 or (contains and not (contains.isascii() and contains.isdigit())):
        check.refuse("contains", "The {} field must not have more than 10 digits.")
    refuse_errors(check)
    prefix, area = _DIALLING.get(country, ("+999", "555000"))
    numbers = (f"{prefix}{area}{last:04}" for last in range(177, 187))
    return Answer(200, {"data": [_offer(number, country) for number in numbers if contains in number]})


def purchase(call: Call) -> Answer:
    """POST a purchase: refused, for the sandbox has no means of payment."""
    call.body()
    raise Refused(error(402, "No payment method on file."))


def rename(brand: Brand, call: Call, number: int) -> Answer:
    """PUT a nickname; null or an empty text clears it."""
    row = call.find("phone_number", number, _MISSING)
    sent = checked(call, _NICKNAME)
    row["nickname"] = sent.get("nickname", row["nickname"]) or None
    call.database.replace("phone_number", row)
    return Answer(200, {"message": "Phone number updated successfully", "data": _shown(brand, row)})


def release(call: Call, number: int) -> Answer:
    """DELETE a number: SIP and caller ID go at once, others keep until what was paid for ends."""
    row = call.find("phone_number", number, _MISSING)
    call.database.detach("phone_number_id", number, call.owner)
    if row["type"] == "normal":
        call.database.replace("phone_number", row | {"has_active_subscription": False})
    else:
        call.database.remove("phone_number", number)
    return Answer(200, {"message": "Phone number deleted successfully"})


def list_trunks(call: Call) -> Answer:
    """GET SIP trunks."""
    rows = call.database.rows("phone_number", call.owner)
    return Answer(200, {"data": [_trunk(row) for row in rows if row["type"] == "sip"]})


def read_trunk(call: Call, number: int) -> Answer:
    """GET one SIP trunk."""
    row = call.find("phone_number", number, _MISSING)
    if row["type"] != "sip":
        raise Refused(_MISSING)
    return Answer(200, {"data": _trunk(row)})


def _trunk(row: Row) -> Row:
    return {key: row[key] for key in _TRUNK_KEYS}


def _shown(brand: Brand, row: Row) -> Row:
    names = ("id", "phone_number", "nickname") if brand.nicknames else ("id", "phone_number")
    shown = {key: row[key] for key in (*names, "country_code", "type")}
    shown["type_label"] = _LABELS[row["type"]]
    return shown | {key: row[key] for key in ("sms_capable", "region", "has_active_subscription", "created_at")}


def _offer(number: str, country: str) -> Row:
    return {
        "phone_number": number,
        "phone_number_formatted": number,
        "country_code": country,
        "price": 3.99,
        "stripe_price_id": "price_sandbox",
        "address_requirements": "none",
        "sms_capable": True,
    }
