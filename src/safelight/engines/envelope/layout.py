"""Where things lie in a sealed object: pure arithmetic on sizes (spec section 3)."""

from safelight.engines.envelope.errors import ChunkSizeError

HEADER_SIZE = 24
NONCE_SIZE = 12
TAG_SIZE = 16
CHUNK_OVERHEAD = NONCE_SIZE + TAG_SIZE

MIN_CHUNK_EXPONENT = 12
MAX_CHUNK_EXPONENT = 24
MIN_CHUNK_SIZE = 1 << MIN_CHUNK_EXPONENT
MAX_CHUNK_SIZE = 1 << MAX_CHUNK_EXPONENT
DEFAULT_CHUNK_SIZE = 1 << 18

# NIST SP 800-38D section 8.3 allows 2^32 random 96-bit nonces per key.
MAX_CHUNKS = 1 << 32


def chunk_exponent(chunk_size: int) -> int:
    """The power of two that `chunk_size` is; ChunkSizeError when it is none or out of bounds."""
    exponent = chunk_size.bit_length() - 1
    if not MIN_CHUNK_SIZE <= chunk_size <= MAX_CHUNK_SIZE or chunk_size != 1 << exponent:
        raise ChunkSizeError
    return exponent


def chunk_offset(index: int, chunk_size: int) -> int:
    """Where chunk `index` starts in the file; also the file's length when `index` chunks are whole.

    A torn tail is cut by truncating the file to ``chunk_offset(whole_chunks(size, n), n)``.
    """
    return HEADER_SIZE + index * (chunk_size + CHUNK_OVERHEAD)


def whole_chunks(file_size: int, chunk_size: int) -> int:
    """How many full-length chunks an unfinished file of `file_size` bytes holds.

    A resumed upload continues with ``Sealer(..., next_chunk=n)``, after cutting the torn tail at
    ``chunk_offset(n, chunk_size)``. Zero also stands for a file whose header is torn: start that
    file again from nothing. The last chunk of a file that a Sealer finished is shorter and not
    counted: it is cut and sealed again.
    """
    chunk_exponent(chunk_size)
    return max(0, file_size - HEADER_SIZE) // (chunk_size + CHUNK_OVERHEAD)


def sealed_size(plaintext_size: int, chunk_size: int = DEFAULT_CHUNK_SIZE) -> int:
    """How many bytes `seal` makes of `plaintext_size` bytes."""
    chunk_exponent(chunk_size)
    chunks = max(1, -(-plaintext_size // chunk_size))
    return HEADER_SIZE + plaintext_size + chunks * CHUNK_OVERHEAD
