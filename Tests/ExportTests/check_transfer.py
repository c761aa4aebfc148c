"""Reads models of Python packages with `--init-from`, and compares logits: ResNet-18 of torchvision and the smallest GPT-2 of
transformers (124 million parameters), in their real configurations with random weights.

Usage: python3 check_transfer.py LOCKSTEP FOLDER [resnet18|gpt2]
LOCKSTEP is the program, FOLDER a new folder to work in (3 GB). Needs torch, torchvision, transformers, numpy, pillow, safetensors,
onnxruntime. Exits with 1 where logits differ by more than 1e-4.
"""
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import numpy
import onnxruntime
import torch
from safetensors.torch import load_file, save_file

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
STILL = ["optimizer.name=sgd", "optimizer.learning_rate=0", "optimizer.weight_decay=0", "schedule.name=constant",
         "schedule.warmup_steps=0", "steps=1", "evaluate.every=0"]


def lockstep(*arguments):
    run = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if run.returncode:
        sys.exit(f"lockstep {' '.join(arguments)} failed:\n{run.stdout[-500:]}{run.stderr[-2000:]}")
    return run.stdout


def take(name, recipe, settings, form):
    """Trains a step that changes nothing from the weights of a file, and exports."""
    start = time.monotonic()
    sets = [word for setting in settings + STILL for word in ("--set", setting)]
    lockstep("train", recipe, *sets, "--run-dir", str(FOLDER / name))
    report = (FOLDER / name / "transfer.txt").read_text()
    print(next(line for line in report.splitlines() if re.match(r"\s*taken", line)).strip(), flush=True)
    output = FOLDER / f"{name}-{form}"
    lockstep("export", str(FOLDER / name), "--format", form, "--output", str(output))
    print(f"{name}: read, stepped and exported in {time.monotonic() - start:.0f} s", flush=True)
    return output


def shake(model):
    """Biases and normalizations begin at 0 and 1, where mistakes would not show."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += (0.1 if parameter.dim() == 1 else 0.01) * torch.randn_like(parameter)
        for name, buffer in model.named_buffers():
            if "running" in name:
                buffer += 0.2 * torch.rand_like(buffer)
    return model.eval()


def compare(what, found, expected):
    difference = (found - expected).abs().max().item()
    print(f"{what}: logits up to {expected.abs().max().item():.2f}, largest difference {difference:.2e}", flush=True)
    return difference <= 1e-4


def resnet18():
    from PIL import Image
    from torchvision.models import resnet18 as make

    model = shake(make())
    save_file(model.state_dict(), FOLDER / "resnet18.safetensors", metadata={"format": "pt"})
    for label in range(1000):
        folder = FOLDER / "images" / f"{label:04}"
        folder.mkdir(parents=True)
        for number in range(2):
            Image.new("RGB", (8, 8), (label % 256, number * 9, label // 4)).save(folder / f"{number}.png")
    output = take("resnet18-run", "images", [
        f"data.path={FOLDER}/images", "model.name=resnet18", "images.size=[224]", "global_batch=2", "data.test_fraction=0.5",
        "freeze=[entry.*, normalization.*, stages.*]", f"transfer.from={FOLDER}/resnet18.safetensors"], "pytorch")
    example = load_file(output / "example.safetensors")
    good = True
    for case in ("", ".2", ".3"):
        images = example[f"model{case}.images"]
        with torch.no_grad():
            expected = model(images)
        good &= compare(f"ResNet-18, images {list(images.shape)}", example[f"model{case}.logits"], expected)
    return good


def gpt2():
    transformers = importlib.import_module("transformers")
    model = shake(transformers.GPT2LMHeadModel(transformers.GPT2Config()))
    model.save_pretrained(FOLDER / "gpt2")
    # as many tokens as GPT-2's: bytes, pairs of them, and the end of a text
    bytes_ = [chr(b) if 33 <= b < 127 or 161 <= b < 173 or b > 173 else None for b in range(256)]
    more = iter(range(256, 512))
    bytes_ = [text or chr(next(more)) for text in bytes_]
    pairs = [(a, b) for a in bytes_ for b in bytes_][:50_000]
    vocabulary = {text: index for index, text in enumerate(bytes_ + [a + b for a, b in pairs] + ["<|endoftext|>"])}
    added = {"id": 50256, "content": "<|endoftext|>", "single_word": False, "lstrip": False, "rstrip": False, "normalized": True, "special": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    (FOLDER / "tokenizer.json").write_text(json.dumps({
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [added], "normalizer": None, "pre_tokenizer": level,
        "post_processor": None, "decoder": level, "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
            "fuse_unk": False, "byte_fallback": False, "vocab": vocabulary, "merges": [list(pair) for pair in pairs]}}))
    (FOLDER / "text.txt").write_text("the quick brown fox jumps over the lazy dog. " * 400)
    output = take("gpt2-run", "language-model", [
        f"data.path={FOLDER}/text.txt", f"text.tokenizer={FOLDER}/tokenizer.json", "model.name=gpt2", "model.layers=12", "model.heads=12",
        "model.width=768", "model.context=1024", "global_batch=1", "data.test_fraction=0.3", f"transfer.from={FOLDER}/gpt2"], "onnx")
    example = load_file(output / "example.safetensors")
    good = True
    for case in ("", ".2", ".3"):
        tokens = example[f"model{case}.tokens"].long()
        with torch.no_grad():
            expected = model(tokens).logits
        good &= compare(f"GPT-2, tokens {list(tokens.shape)}", example[f"model{case}.logits"], expected)
    # all positions, by way of ONNX
    tokens = torch.randint(0, 50257, (1, 1024))
    session = onnxruntime.InferenceSession(str(output / "model.onnx"), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = model(tokens).logits
    good &= compare("GPT-2, 1024 tokens, Lockstep's ONNX", torch.from_numpy(session.run(None, {"tokens": tokens.numpy()})[0]), expected)
    return good


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    results = [check() for check in (resnet18, gpt2) if check.__name__ in (sys.argv[3:] or ["resnet18", "gpt2"])]
    sys.exit(not all(results))


main()
