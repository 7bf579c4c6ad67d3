"""Writes a toy language model of random weights, which a real server loads and answers with in milliseconds.

    python tiny_model.py OUT.gguf [SEED]

It needs `gguf` and `numpy`, which Palaver does not: run it from an environment of its own, as `fetch_llama.sh` does.
What it says means nothing. What matters is that the server tokenizes, samples, streams, stops and obeys a grammar
exactly as it does with a model worth talking to.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, FEED, CONTEXT = 64, 2, 4, 128, 8192

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# Common pairs, so that what comes out is not one byte a token.
PAIRS = "t h,h e,i n,e r,a n,r e,o n,a t,e n,n d,o u,o r,t o,i t,i s,e s,th e,in g,an d,Ġ t,Ġ a,Ġ s,Ġ w,Ġ o,Ġ the"


def byte_letters() -> list[str]:
    """One printable letter a byte, as GPT-2's tokenizer writes them; bytes that print stand for themselves."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    spare = iter(range(0x100, 0x200))
    return [chr(byte) if byte in plain else chr(next(spare)) for byte in range(0x100)]


def vocabulary() -> tuple[list[str], list[str], list[int]]:
    """Tokens, merges and token types: bytes, then merged pairs, then control tokens, padded to a multiple of 32."""
    merges = PAIRS.split(",")
    tokens = byte_letters() + [pair.replace(" ", "") for pair in merges]
    types = [gguf.TokenType.NORMAL] * len(tokens)
    tokens += CONTROL
    types += [gguf.TokenType.CONTROL] * len(CONTROL)
    while len(tokens) % 32:
        tokens.append(f"<spare{len(tokens)}>")
        types.append(gguf.TokenType.UNUSED)
    return tokens, merges, types


def leanings(tokens: list[str]) -> np.ndarray:
    """How likely each token is on the whole: English letters, spaces and quotes, and an end before long."""
    bias = np.full(len(tokens), -6.0, np.float32)
    bias[0x20:0x7F] = 0.0
    bias[0x20] = 1.2
    bias[0x22] = 0.6
    bias[0x100 : tokens.index(CONTROL[0])] = 0.8
    bias[tokens.index("<|im_end|>")] = -0.3
    return bias


def write(path: Path, seed: int) -> None:
    """Write the model file."""
    rng = np.random.default_rng(seed)

    def weights(*shape: int, scale: float = 0.15) -> np.ndarray:
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    tokens, merges, types = vocabulary()
    out = gguf.GGUFWriter(str(path), "llama")
    out.add_name("tiny-random")
    out.add_vocab_size(len(tokens))
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(FEED)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_rope_freq_base(10000.0)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_file_type(gguf.LlamaFileType.ALL_F32)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(tokens)
    out.add_token_types(types)
    out.add_token_merges(merges)
    out.add_bos_token_id(tokens.index("<|endoftext|>"))
    out.add_eos_token_id(tokens.index("<|im_end|>"))
    out.add_add_bos_token(False)
    out.add_chat_template(CHAT_TEMPLATE)

    # Channel 0 is held constant through the network, so that its column of the output matrix is a bias per token.
    embedding = weights(len(tokens), WIDTH, scale=0.3)
    embedding[:, 0] = 3.0
    output = weights(len(tokens), WIDTH)
    output[:, 0] = leanings(tokens)
    out.add_tensor("token_embd.weight", embedding)
    out.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    out.add_tensor("output.weight", output)
    for layer in range(LAYERS):
        block = f"blk.{layer}"
        out.add_tensor(f"{block}.attn_norm.weight", np.ones(WIDTH, np.float32))
        out.add_tensor(f"{block}.ffn_norm.weight", np.ones(WIDTH, np.float32))
        for part in ("attn_q", "attn_k", "attn_v"):
            out.add_tensor(f"{block}.{part}.weight", weights(WIDTH, WIDTH))
        for part, shape in (("attn_output", (WIDTH, WIDTH)), ("ffn_down", (WIDTH, FEED))):
            into_stream = weights(*shape)
            into_stream[0] = 0
            out.add_tensor(f"{block}.{part}.weight", into_stream)
        for part in ("ffn_gate", "ffn_up"):
            out.add_tensor(f"{block}.{part}.weight", weights(FEED, WIDTH))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
