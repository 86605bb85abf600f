"""What the terminal says once the demo hospital answers."""

from safelight.project.demo.hospital import NAME, STAFF
from safelight.project.demo.wristbands import wristband_directory
from safelight.vocabulary.roles import Role

WHAT_FOR = {
    "alice": "treats most of the patients; start here",
    "bob": "works on another ward",
    "charlie": "treats nobody, and has to break glass",
    "theo": "teaches, and sees no picture without a consent",
    "priya": "reviews who broke glass",
    "ada": "runs the system, and sees no picture",
}


def welcome(url: str) -> str:
    """Where to go, who can sign in, and what to hold before the camera."""
    staff = "\n".join(
        f"    {member.name:<16} {Role(member.role).display:<16} {WHAT_FOR[member.username]}"
        for member in STAFF
    )
    return (
        f"\n{NAME} (demo) answers on {url}\n\n"
        f"  Sign in with one click as\n{staff}\n\n"
        f"  Wristbands to scan: {wristband_directory() / 'all.png'}\n"
        "  Ctrl-C ends it; what you did stays for the next time.\n"
    )
