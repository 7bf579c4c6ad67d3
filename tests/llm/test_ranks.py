from __future__ import annotations

import base64
import hashlib
import lzma
from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.llm import ranks


def test_the_shipped_table_is_the_published_one() -> None:
    lines = b"".join(b"%s %d\n" % (base64.b64encode(t), rank) for rank, t in enumerate(ranks.read_tokens()))
    published = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
    assert hashlib.sha256(lines).hexdigest() == published


def test_texts_are_cut_into_pieces_as_tiktoken_cuts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from tiktoken_ext import openai_public

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", lambda *_args, **_kwargs: {})
    assert openai_public.o200k_base()["pat_str"] == ranks._PIECES


def test_texts_are_counted_as_openai_counts_them() -> None:
    encoding = ranks.load_encoding()
    assert encoding.encode_ordinary("hello world") == [24912, 2375]
    assert len(encoding.encode_ordinary("<|endoftext|>")) > 1  # plain text, not the special token


def test_the_table_is_loaded_once() -> None:
    assert ranks.load_encoding() is ranks.load_encoding()


@pytest.mark.parametrize("content", [None, b"", b"not xz", lzma.compress(b"\x01a")])
def test_a_damaged_installation_is_said_to_be_one(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "o200k_base.xz").write_bytes(content)
    monkeypatch.setattr(ranks.resources, "files", lambda _package: tmp_path)
    with pytest.raises(ConfigError, match="Install Palaver again"):
        ranks.read_tokens()
