"""The recipient is written to with a link and nothing else; a share does not wait for mail."""

from dataclasses import fields
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.sharing import ADDRESS, Outbox, agreed, come_in, row_of, shared
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.visits import Visit
from safelight.sharing.errors import ShareNotFoundError, ShareRefusedError
from safelight.sharing.ports import wiring
from safelight.sharing.selectors import my_shares
from safelight.sharing.services.giving import extend, revoke
from safelight.sharing.services.notifying import notify
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.notices import MailNotSentError, NoticeKind

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
PATH = "/s/ABCDEFGHJKMNPQRS/"


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    outbox = Outbox()
    monkeypatch.setattr(wiring, "post", outbox)
    return outbox


def test_a_notice_carries_the_link_the_house_and_a_time_and_nothing_of_the_patient(
    cast: Cast, picture: UUID, visit: Visit, outbox: Outbox
) -> None:
    given = shared(cast.alice, visit, [picture], language="fr")
    notify(cast.alice, given.share, PATH)
    [notice] = outbox.notices
    assert (notice.kind, notice.language) == (NoticeKind.PICTURES_SHARED, "fr")
    assert (notice.recipient, notice.path) == (ADDRESS, PATH)
    assert notice.ends_at == row_of(given).expires_at
    told = " ".join(str(getattr(notice, item.name)) for item in fields(notice))
    for secret in ("Petra", "Okonjo", "excise", given.code, "opinion", str(cast.petra)):
        assert secret not in told
    assert not my_shares(cast.alice)[0].waits
    assert Event.objects.filter(tag=EventTag.SHARING_NOTICE_SENT).count() == 1


def test_with_the_mail_server_down_the_share_is_there_and_waits_for_its_sender(
    cast: Cast, picture: UUID, visit: Visit, outbox: Outbox
) -> None:
    outbox.is_down = True
    given = shared(cast.alice, visit, [picture])
    with pytest.raises(MailNotSentError):
        notify(cast.alice, given.share, PATH)
    event = Event.objects.get(tag=EventTag.SHARING_NOTICE_FAILED)
    assert event.outcome == "failed"
    assert my_shares(cast.alice)[0].waits
    assert come_in(given).share == given.share
    outbox.is_down = False
    notify(cast.alice, given.share, PATH)
    assert not my_shares(cast.alice)[0].waits


def test_without_a_post_nothing_is_sent_and_the_sender_is_told(
    cast: Cast, picture: UUID, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "post", None)
    given = shared(cast.alice, visit, [picture])
    with pytest.raises(MailNotSentError):
        notify(cast.alice, given.share, PATH)


def test_nobody_is_written_to_about_what_is_over_or_not_theirs(
    cast: Cast, picture: UUID, visit: Visit, outbox: Outbox
) -> None:
    given = shared(cast.alice, visit, [picture])
    with pytest.raises(ShareNotFoundError):
        notify(cast.bob, given.share, PATH)
    extend(cast.alice, given.share, days=14, openings=20)
    notify(cast.alice, given.share, PATH, NoticeKind.SHARE_EXTENDED)
    revoke(cast.alice, given.share)
    with pytest.raises(ShareRefusedError):
        notify(cast.alice, given.share, PATH)
    assert [item.kind for item in outbox.notices] == [NoticeKind.SHARE_EXTENDED]
