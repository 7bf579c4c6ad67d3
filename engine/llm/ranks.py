"""Loads the token table of OpenAI's models from the package's own data.

It never lets tiktoken fetch a table or touch its cache: the one it would download is shipped here, in a smaller
form.
"""

from __future__ import annotations

import hashlib
import lzma
import threading
from importlib import resources
from itertools import accumulate
from typing import TYPE_CHECKING

from engine.errors import ConfigError

if TYPE_CHECKING:
    from tiktoken import Encoding

TOKENS = 199_998
"""Entries of the table `o200k_base`; a token's place in it is its rank."""
# xz of one byte a token (its length), then the tokens end to end: 816 kB and 50 ms to read, where tiktoken's own
# base64 lines are 1,151 kB and 156 ms. Rebuilt as those lines it has the published sha256; a test holds this.
_FILE = "o200k_base.xz"
_SHA256 = "440741350e7cfa1c0f4869ce742d1b043550adbda5187adcac9e787edac6fba9"
# How o200k_base cuts a text into pieces before merging: part of the encoding's definition (tiktoken, MIT). Words
# with at most one leading mark and an English clitic, digits by threes, punctuation, then white space.
_UPPER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"
_LOWER = r"\p{Ll}\p{Lm}\p{Lo}\p{M}"
_CLITIC = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_PIECES = "|".join(
    (
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_CLITIC}",
        rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_CLITIC}",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)

_lock = threading.Lock()
_loaded: list[Encoding] = []


def load_encoding() -> Encoding:
    """Return the encoding `o200k_base`, loaded once: about 0.15 s and 80 MB, so call it off the event loop.

    Raises `ConfigError` when the installed table is damaged or missing.
    """
    with _lock:
        if not _loaded:
            _loaded.append(_encoding())
        return _loaded[0]


def read_tokens() -> tuple[bytes, ...]:
    """Return the table: every token's bytes, in the order of their ranks. Raises `ConfigError`."""
    try:
        packed = resources.files("engine.dialogue").joinpath("data", _FILE).read_bytes()
        table = lzma.decompress(packed)
    except (OSError, lzma.LZMAError) as error:
        raise _damaged() from error
    if hashlib.sha256(table).hexdigest() != _SHA256:
        raise _damaged()
    ends = accumulate(table[:TOKENS], initial=TOKENS)
    start = next(ends)
    tokens = []
    for end in ends:
        tokens.append(table[start:end])
        start = end
    return tuple(tokens)


def _encoding() -> Encoding:
    from tiktoken import Encoding

    ranks = {token: rank for rank, token in enumerate(read_tokens())}
    # No special tokens: what people and models write is counted as the plain text it is.
    return Encoding("o200k_base", pat_str=_PIECES, mergeable_ranks=ranks, special_tokens={})


def _damaged() -> ConfigError:
    return ConfigError(f"The token table {_FILE} of this installation is damaged.", do="Install Palaver again.")
