"""The tamper-evident record: Merkle tree, proofs and checkpoints (docs/specs/audit-log-v1.md).

Hashing is that of RFC 6962, storage has the shape of C2SP tlog-tiles, checkpoints are C2SP
signed notes under Ed25519. Hashes are 32 bytes, sizes and indices count leaves from zero.
"""

from safelight.engines.transparency.checkpoints import (
    Checkpoint,
    open_checkpoint,
    sign_checkpoint,
)
from safelight.engines.transparency.errors import (
    CheckpointError,
    HashSizeError,
    LeafError,
    ProofError,
    TileError,
    TransparencyError,
    TreeRangeError,
    VerifierKeyError,
)
from safelight.engines.transparency.hashing import EMPTY_ROOT, HASH_SIZE, leaf_hash, node_hash
from safelight.engines.transparency.leaves import Leaf
from safelight.engines.transparency.proofs import consistency_proof, inclusion_proof
from safelight.engines.transparency.rebuilding import RunningRoot, rebuild_root
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
    "TILE_WIDTH",
    "Checkpoint",
    "CheckpointError",
    "HashSizeError",
    "Leaf",
    "LeafError",
    "MemoryTiles",
    "ProofError",
    "RunningRoot",
    "TileError",
    "TileStore",
    "TransparencyError",
    "TreeRangeError",
    "VerifierKeyError",
    "append",
    "consistency_proof",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "open_checkpoint",
    "parse_verifier_key",
    "rebuild_root",
    "root",
    "sign_checkpoint",
    "verifier_key",
    "verify_consistency",
    "verify_inclusion",
]
