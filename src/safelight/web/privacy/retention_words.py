"""What becomes of a picture that is taken out of the record, in the sense that patients read it.

Their own page says it in their language, with the day instead of the years, and with this ground.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safelight.institution.retention import RetentionRule
from safelight.vocabulary.recall import Fate


def fate_words(rule: RetentionRule) -> list[str]:
    """Whole sentences. The ground is the institution's own and stands as it was written."""
    if rule.fate is Fate.ERASE:
        return [
            _("The picture is erased at once: its key and its bytes are destroyed."),
            rule.ground,
            _(
                "Where staff took it back for you, it is locked away for a week first, in case it was"
                " not you who asked."
            ),
        ]
    kept = ngettext(
        "The picture is locked away for %(n)s year from the day it came, and then erased.",
        "The picture is locked away for %(n)s years from the day it came, and then erased.",
        rule.years,
    )
    return [
        kept % {"n": rule.years},
        rule.ground,
        _(
            "Nobody who treats you or teaches sees it. Two people have to open it together,"
            " and you are told when they do."
        ),
    ]
