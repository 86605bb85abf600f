"""The tamper-evident record: Merkle tree, proofs and checkpoints (docs/specs/audit-log-v1.md).

Receipts say what of it anybody can verify (docs/specs/receipt-v1.md).

Hashing is that of RFC 6962, storage has the shape of C2SP tlog-tiles, checkpoints are C2SP
signed notes under Ed25519. Hashes are 32 bytes, sizes and indices count leaves from zero.
"""

from safelight.engines.transparency.checkpoints import (
    Checkpoint,
    is_shaped_like_checkpoint,
    open_checkpoint,
    sign_checkpoint,
)
from safelight.engines.transparency.errors import (
    CheckpointError,
    HashSizeError,
    LeafError,
    LogCopyError,
    ProofError,
    ReceiptError,
    ShortLogCopyError,
    StatementError,
    TileError,
    TransparencyError,
    TreeRangeError,
    VerifierKeyError,
)
from safelight.engines.transparency.hashing import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash
from safelight.engines.transparency.leaves import Leaf
from safelight.engines.transparency.log_copies import check_log_copy, log_copy
from safelight.engines.transparency.proofs import consistency_proof, inclusion_proof
from safelight.engines.transparency.rebuilding import RunningRoot, rebuild_root
from safelight.engines.transparency.receipts import (
    LARGEST_RECEIPT,
    MOST_ENTRIES,
    LogEntry,
    Proven,
    Verified,
    verify_receipt,
    write_receipt,
)
from safelight.engines.transparency.statements import (
    PlainStatement,
    canonical,
    certified_objects_hash,
    plain_statement,
    statement_ids,
)
from safelight.engines.transparency.tiles import (
    TILE_WIDTH,
    MemoryTiles,
    TileStore,
    append,
    root,
)
from safelight.engines.transparency.verification import verify_consistency, verify_inclusion
from safelight.engines.transparency.verifiers import parse_verifier_key, verifier_key

__all__ = [
    "EMPTY_ROOT",
    "HASH_SIZE",
    "LARGEST_RECEIPT",
    "MOST_ENTRIES",
    "TILE_WIDTH",
    "Checkpoint",
    "CheckpointError",
    "HashSizeError",
    "Leaf",
    "LeafError",
    "LogCopyError",
    "LogEntry",
    "MemoryTiles",
    "PlainStatement",
    "ProofError",
    "Proven",
    "ReceiptError",
    "RunningRoot",
    "ShortLogCopyError",
    "StatementError",
    "TileError",
    "TileStore",
    "TransparencyError",
    "TreeRangeError",
    "Verified",
    "VerifierKeyError",
    "append",
    "canonical",
    "certified_objects_hash",
    "check_log_copy",
    "consistency_proof",
    "inclusion_proof",
    "is_shaped_like_checkpoint",
    "leaf_hash",
    "log_copy",
    "node_hash",
    "open_checkpoint",
    "parse_verifier_key",
    "plain_statement",
    "rebuild_root",
    "root",
    "sign_checkpoint",
    "statement_ids",
    "verifier_key",
    "verify_consistency",
    "verify_inclusion",
    "verify_receipt",
    "write_receipt",
]
