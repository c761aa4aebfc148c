"""Makes Fixtures/gpt2*: GPT-2 of Hugging Face with random weights, and its logits.

usage: reference_gpt2.py [DIRECTORY], which makes the smallest real GPT-2 there (500 MB) instead of the fixture.
pip install torch==2.13.0 transformers safetensors
"""

import json
import pathlib
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel

torch.manual_seed(1)
if len(sys.argv) > 1:
    folder, config = pathlib.Path(sys.argv[1]), GPT2Config()
else:
    folder = pathlib.Path(__file__).parent / "Fixtures" / "gpt2"
    config = GPT2Config(n_layer=2, n_embd=32, n_head=4, n_positions=24, vocab_size=256, bos_token_id=0, eos_token_id=0)
model = GPT2LMHeadModel(config).eval()
with torch.no_grad():
    # biases and normalizations begin at 0 and 1, where mistakes would not show
    for name, parameter in model.named_parameters():
        parameter += 0.1 * torch.randn_like(parameter)
model.save_pretrained(folder, safe_serialization=True)
tokens = [(7 * i * i + 3 * i + 84) % 256 for i in range(16)]
with torch.no_grad():
    logits = model(torch.tensor([tokens])).logits[0]
rows = [0, 7, 15]
(folder / "logits.json").write_text(
    json.dumps({"tokens": tokens, "rows": rows, "logits": [[round(x, 6) for x in logits[r].tolist()] for r in rows]}))
for extra in ("generation_config.json",):
    (folder / extra).unlink(missing_ok=True)
