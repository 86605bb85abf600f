"""What every template may say about the house."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from safelight.institution.selectors import current_house


def house(_request: HttpRequest) -> dict[str, Any]:
    return {"house": current_house(), "is_demo": settings.SAFELIGHT_DEMO}
