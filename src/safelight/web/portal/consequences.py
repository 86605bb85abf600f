"""What followed from taking back, as a patient reads it: whole sentences, in five groups."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from safelight.recall.selectors import Kept, ListedWithdrawal, WithdrawalLine, WithdrawalView
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import CHASING, ConsequenceKind, ConsequenceState, WithdrawalScope

_Kind, _State = ConsequenceKind, ConsequenceState

SCOPES: Final = {
    WithdrawalScope.USE: gettext_lazy("One use"),
    WithdrawalScope.PICTURE_USES: gettext_lazy("One picture, from all uses"),
    WithdrawalScope.PICTURE: gettext_lazy("One picture, also from the record"),
    WithdrawalScope.ALL_USES: gettext_lazy("All uses"),
    WithdrawalScope.EVERYTHING: gettext_lazy("All uses, and all pictures from the record"),
}


Headings = Mapping[UUID, str]
"""Of agreements, as the form that was signed has them, in the reader's language."""

_NONE: Final[Headings] = MappingProxyType({})

FSI, PDI = "\u2068", "\u2069"
"""Around what somebody else wrote, so that it keeps its own direction inside a sentence."""


@dataclass(frozen=True)
class Said:
    """One line. `more` says when, why or until when; `is_late` that an answer should be there.

    `grounds` are in the institution's own words. PHI: names.
    """

    text: str
    more: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    is_late: bool = False


@dataclass(frozen=True)
class Told:
    """All lines, apart by what became of them.

    `waiting` is locked away as `kept` is, but by no law: only for some days, against mistakes.
    """

    stopped: tuple[Said, ...]
    asked: tuple[Said, ...]
    gone: tuple[Said, ...]
    kept: tuple[Said, ...]
    waiting: tuple[Said, ...]


def what_it_was(withdrawal: ListedWithdrawal, headings: Headings = _NONE) -> str:
    """What was taken back, in a few words."""
    scope = str(SCOPES[withdrawal.scope])
    use = _use(withdrawal.agreement, withdrawal.purpose, headings)
    return f"{scope} · {use}" if use else scope


def _use(agreement: UUID | None, purpose: Purpose | None, headings: Headings) -> str:
    """As the form that was signed calls it; by its purpose to who reads no form here."""
    said = headings.get(agreement, "") if agreement else ""
    return said or (_(purpose.display) if purpose else "")


def told(view: WithdrawalView, headings: Headings = _NONE) -> Told:
    asked = [item for item in view.lines if item.state in CHASING]
    answered = [item for item in view.lines if item.state is _State.ACKNOWLEDGED]
    gone = [item for item in view.lines if item.state is _State.NOT_RETRACTABLE]
    locked = [item for item in view.lines if item.state is _State.SEALED]
    elsewhere = {item.id for item in [*asked, *answered, *gone, *locked]}
    return Told(
        stopped=tuple(
            _stopped([item for item in view.lines if item.id not in elsewhere], headings)
        ),
        asked=(*map(_asked, asked), *map(_answered, answered)),
        gone=tuple(map(_gone, gone)),
        kept=tuple(_locked([item for item in locked if not _waits(item)])),
        waiting=tuple(_locked([item for item in locked if _waits(item)])),
    )


def _stopped(lines: Sequence[WithdrawalLine], headings: Headings) -> Iterable[Said]:
    agreements = _each(partial(_agreement, headings))
    for kind, say in {_Kind.AGREEMENT: agreements, **_STOPPED}.items():
        same = [item for item in lines if item.kind is kind]
        if same:
            yield from say(same)


def _each(say: Callable[[WithdrawalLine], str]) -> Callable[[Sequence[WithdrawalLine]], list[Said]]:
    """A sentence for each; the same one is said once, as of two shares with one person."""
    return lambda lines: [Said(text) for text in dict.fromkeys(map(say, lines))]


def _who(line: WithdrawalLine, otherwise: str = "") -> str:
    return f"{FSI}{line.who}{PDI}" if line.who else otherwise


def _agreement(headings: Headings, line: WithdrawalLine) -> str:
    words = {"use": _use(line.target, line.purpose, headings), "who": _who(line)}
    return _("No more: %(use)s (%(who)s)") % words if line.who else _("No more: %(use)s") % words


def _question(line: WithdrawalLine) -> str:
    who = _who(line, _("A colleague"))
    return _("%(who)s was asked about them, and cannot see them any more.") % {"who": who}


def _share(line: WithdrawalLine) -> str:
    return _("%(who)s cannot see them any more.") % {"who": _who(line, _("Somebody outside"))}


def _link(line: WithdrawalLine) -> str:
    return _("%(who)s cannot fetch a copy any more.") % {"who": _who(line, _("Somebody outside"))}


def _lecture(line: WithdrawalLine) -> str:
    return _("Not shown any more in: %(who)s") % {"who": _who(line, _("a lecture"))}


def _publication(line: WithdrawalLine) -> str:
    return _("No file goes out any more for: %(who)s") % {"who": _who(line, _("a publication"))}


def _decks(lines: Sequence[WithdrawalLine]) -> list[Said]:
    text = ngettext(
        "Taken out of %(n)s set of slides for teaching.",
        "Taken out of %(n)s sets of slides for teaching.",
        len(lines),
    )
    return [Said(text % {"n": len(lines)})]


def _collections(lines: Sequence[WithdrawalLine]) -> list[Said]:
    text = ngettext(
        "Taken out of %(n)s collection for teaching.",
        "Taken out of %(n)s collections for teaching.",
        len(lines),
    )
    return [Said(text % {"n": len(lines)})]


def _pictures(lines: Sequence[WithdrawalLine]) -> list[Said]:
    """Deleted already, or dark and on the way there."""
    erased = sum(item.state is _State.ERASED for item in lines)
    waiting = len(lines) - erased
    found = []
    if erased:
        text = ngettext("%(n)s picture is deleted.", "%(n)s pictures are deleted.", erased)
        found.append(Said(text % {"n": erased}))
    if waiting:
        text = ngettext(
            "%(n)s picture is dark: nobody can see it. We are working on it.",
            "%(n)s pictures are dark: nobody can see them. We are working on them.",
            waiting,
        )
        found.append(Said(text % {"n": waiting}))
    return found


_STOPPED: Final = {
    _Kind.PICTURE: _pictures,
    _Kind.QUESTION: _each(_question),
    _Kind.SHARE: _each(_share),
    _Kind.HEALTH_LINK: _each(_link),
    _Kind.COPY: _each(_link),
    _Kind.LECTURE: _each(_lecture),
    _Kind.PUBLICATION: _each(_publication),
    _Kind.DECK: _decks,
    _Kind.COLLECTION: _collections,
}


def _asked(line: WithdrawalLine) -> Said:
    """INVARIANT: who is late is said to be late."""
    if line.kind is _Kind.PUBLICATION:
        who = _who(line, _("A publication"))
        text = _("%(who)s has files or has come out. We ask for it to be taken back.")
    else:
        who = _who(line, _("Somebody outside"))
        text = _("%(who)s has a copy. We ask for it to be deleted.")
    return Said(text % {"who": who}, tuple(_when(line)), is_late=line.is_overdue)


def _when(line: WithdrawalLine) -> Iterable[str]:
    if line.state is _State.TO_ASK:
        yield _("We have not asked yet.")
    if line.due_on is None:
        return
    day = {"day": date_format(line.due_on, "DATE_FORMAT")}
    if line.is_overdue:
        yield _("An answer should have come by %(day)s, and has not. We go on asking.") % day
    else:
        yield _("An answer should come by %(day)s.") % day


def _answered(line: WithdrawalLine) -> Said:
    return Said(_("%(who)s told us: it is gone.") % {"who": _who(line, _("Who had it"))})


def _gone(line: WithdrawalLine) -> Said:
    why = (_(line.why_not.display),) if line.why_not else ()
    return Said(_who(line, _("Something that left us")), why)


_AFTER_CALL: Final = gettext_lazy(
    "Staff took this back for you. It waits these days in case it was not you who asked: then call us."
)
_AFTER_MOVE: Final = gettext_lazy("We wait these days so that nothing is deleted by mistake.")
"""For a picture that was moved to this record, or restored, after everything had been taken back."""


def _waits(line: WithdrawalLine) -> bool:
    """Whether it has a last day that no law asks for."""
    kept = line.kept
    return kept is not None and kept.until is not None and not kept.grounds


def _why_it_waits(kept: Kept | None) -> tuple[str, ...]:
    if kept is None or kept.until is None or kept.grounds:
        return ()
    return (str(_AFTER_CALL if kept.is_after_call else _AFTER_MOVE),)


def _locked(lines: Sequence[WithdrawalLine]) -> Iterable[Said]:
    """Together what is kept on the same ground until the same day."""
    for kept in dict.fromkeys(item.kept for item in lines):
        count = sum(item.kept == kept for item in lines)
        text = ngettext("%(n)s picture is locked away.", "%(n)s pictures are locked away.", count)
        if kept and kept.until:
            day = {"day": date_format(kept.until, "DATE_FORMAT")}
            more = (
                ngettext("After %(day)s it is deleted.", "After %(day)s they are deleted.", count)
                % day
            )
        else:
            more = _("A matter of law is open, and until it is over nothing may be deleted.")
        grounds = tuple(_(item) for item in kept.grounds) if kept else ()
        yield Said(text % {"n": count}, (more, *_why_it_waits(kept)), grounds)
