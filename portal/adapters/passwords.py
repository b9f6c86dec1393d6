"""Password hashes: argon2id at 19 MiB, 2 passes, 1 lane (OWASP's floor), at most two at a time."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

MEMORY_KIB, PASSES = 19 * 1024, 2
# Of a password that nobody has, by the same rule: verifying it takes as long as verifying anybody's.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$bLd+nvWWYhnU14fU102hEA$Rnie6n8nGn/OQogxHBRar+ak1bxKJqjF4ifP9sFgsPQ"
SHORTEST = 10  # characters; NIST SP 800-63B asks for length, not for kinds of characters


class Passwords:
    """Hashes and verifies. At most two verifications run at once, so that a flood of sign-ins cannot
    take all memory and both cores."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        """How much a hash that is made here costs whoever guesses; each hash says by itself what verifying it takes."""
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._turn = threading.BoundedSemaphore(2)

    def hash(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits. Without a stored hash the same work is done, and the answer is no."""
        with self._turn:
            try:
                right = self._hasher.verify(stored or NOBODY, password)
            except VerificationError:
                return False
        return right and stored is not None
