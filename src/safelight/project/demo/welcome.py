"""What the terminal says once the demo hospital answers."""

from safelight.consent.services.visiting import Invitation
from safelight.project.demo.hospital import NAME, PATIENTS, STAFF
from safelight.project.demo.wristbands import wristband_directory
from safelight.vocabulary.roles import Role

WHAT_FOR = {
    "alice": "treats most of the patients; start here",
    "bob": "works on another ward",
    "charlie": "treats nobody, and has to break glass",
    "theo": "teaches, and sees what patients agreed to",
    "priya": "reviews who broke glass, approves the consent form",
    "ada": "runs the system, drafts the form, sees no picture",
}


def welcome(url: str, link: Invitation) -> str:
    """Where to go, who can sign in, how to try consent, and what to hold before the camera."""
    staff = "\n".join(
        f"    {member.name:<16} {Role(member.role).display:<16} {WHAT_FOR[member.username]}"
        for member in STAFF
    )
    return (
        f"\n{NAME} (demo) answers on {url}\n\n"
        f"  Sign in with one click as\n{staff}\n\n"
        f"{_consent(url, link)}\n"
        f"  Wristbands to scan: {wristband_directory() / 'all.png'}\n"
        "  Ctrl-C ends it; what you did stays for the next time.\n"
    )


def _consent(url: str, link: Invitation) -> str:
    """Five steps and two. The link is new each time, and is not kept in clear anywhere but here."""
    petra = next(patient for patient in PATIENTS if patient.key == "petra")
    born = f"{petra.born.day} {petra.born:%B %Y}"
    code = f"{link.code[:3]} {link.code[3:]}"
    return (
        "  See it, then sign it, in five steps\n"
        f"    1. Be Petra, in a private window: {url}/p/{link.letters}/\n"
        f"       born {born}, code {code}. Say yes to each picture but the last;\n"
        "       yes to teaching one learner, no to the lecture. Sign, take the copy.\n"
        "    2. As Alice, open Petra, then her overview of two weeks ago, the first of those:\n"
        "       it says what it may be used for. Copy the address beside one-to-one teaching.\n"
        "    3. As Theo, paste it and choose one-to-one: it opens. Paste it again, cut off from\n"
        "       the question mark on, and choose the lecture: it does not.\n"
        "    4. As Petra again, on My pages: change your mind about teaching one learner, for 2\n"
        "       pictures. As Theo, open it one-to-one again: it does not open any more.\n"
        "    5. As Alice, ask Pablo's mother: hand over the device, and try to get back in.\n"
        "       Here one tap unlocks it; in a hospital a password, a code or a passkey does.\n\n"
        "  Taken back, in two steps\n"
        "    1. As Petra, on My pages: take everything back. Then look for her pictures as Theo,\n"
        "       and as Alice. Keep the certificate, and check the file that proves it.\n"
        "    2. As Priya, open Recalls: a clinic has a copy, and has to be asked for it.\n"
    )
