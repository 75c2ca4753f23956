"""All routes of one brand of the Autocalls API."""

from __future__ import annotations

from agentops.sandbox.autocalls import (
    account,
    assistants,
    catalogs,
    groups,
    knowledgebases,
    midcall_tools,
    phone_numbers,
    webhooks,
)
from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.calls import Answer, Route, error, message
from agentops.sandbox.options import Options


def brand_routes(brand: Brand, options: Options) -> tuple[Route, ...]:
    """Every method and path that answers on this brand under these options."""
    return (
        *assistants.routes(brand, options),
        *webhooks.routes(brand, options),
        *catalogs.routes(brand),
        *midcall_tools.routes(brand),
        *(knowledgebases.routes() if brand.knowledgebases else ()),
        *phone_numbers.routes(brand),
        *(groups.routes() if brand.groups else ()),
        *account.routes(),
    )


def unauthenticated(token: str, options: Options) -> Answer:
    """What is answered to an unknown key, or to none."""
    if not options.guide_errors:
        return message(401, "Unauthenticated.")
    if token:
        told = {"error": "Invalid API key", "message": "The provided API key is invalid or expired"}
    else:
        told = {"error": "Missing Authorization header", "message": "The Authorization header is required"}
    return Answer(401, told)


def failure(method: str, path: str) -> Answer:
    """What is answered with 500."""
    match method, path.split("/")[1:3]:
        case "POST", ["user", "assistant"]:
            return message(500, "Assistant creation failed")
        case "PUT", ["user", "assistant"]:
            return message(500, "Assistant update failed")
        case "DELETE", ["user", "assistant"]:
            return message(500, "Assistant deletion failed")
        case "POST", ["user", "knowledgebases"]:
            return error(500, "Failed to create knowledgebase. Please try again.")
    return message(500, "Server Error")
