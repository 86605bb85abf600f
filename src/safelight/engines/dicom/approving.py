"""A file that `deidentify` wrote for nobody's eyes, told anew once a person has looked at it.

The pictures, the study and the series stay; the claims are new, and so is the file's own UID, since
a copy that claims nothing may be kept somewhere under the old one.
"""

from collections.abc import Sequence
from typing import Final

from safelight.engines.dicom.claims import Claim
from safelight.engines.dicom.errors import ForeignDicomError
from safelight.engines.dicom.pseudonyms import Kept, Pseudonyms
from safelight.engines.dicom.reading import read_picture, read_source
from safelight.engines.dicom.writing import build
from safelight.vocabulary.identifiability import MethodCode

NOBODY: Final = Claim(None, frozenset())


def approve(data: bytes, *, reviewed_by: str, methods: Sequence[MethodCode]) -> bytes:
    """The same photograph with these claims. Equal arguments give equal bytes.

    `reviewed_by` and `methods` are those of `deidentify`. Raises `ForeignDicomError` unless `data`
    is to the byte what `deidentify` writes without a reviewer, so that nothing is claimed of a
    header or a stream that did not go through it; `ClaimError`, and what `read_picture` raises.
    """
    claim = Claim(reviewed_by, frozenset(methods))
    frames = read_picture(data).frames
    source = read_source(data)
    if build(source, frames, NOBODY, Kept({})) != data:
        raise ForeignDicomError
    own = source.bytes_of("SOPInstanceUID")
    # Files that claim different things are two: an archive keeps the first it gets of one UID.
    told = "\0".join((reviewed_by, *sorted(claim.methods))).encode()
    renamed = Pseudonyms(source.digest + told).uid(own)
    return build(source, frames, claim, Kept({own: renamed}))
