"""Sends models around: Lockstep -> PyTorch -> Lockstep, and PyTorch -> Lockstep -> ONNX -> onnxruntime. Prints a table of scores.

Usage: python3 check_round_trips.py LOCKSTEP FOLDER [IMAGES TEXT]
LOCKSTEP is the program, FOLDER a new folder to work in, IMAGES one with the four files of Fashion-MNIST or MNIST, TEXT a text file.
Needs torch, onnxruntime, numpy, safetensors. Exits with 1 where scores differ: accuracies in any digit that Lockstep prints,
the losses of language models in more than rounding (1e-6), and weights that come back in any bit.
"""
import gzip
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys

import numpy
import onnxruntime
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file
from safetensors.torch import save_file

PROGRAM, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
IMAGES = sys.argv[3] if len(sys.argv) > 3 else "/usr/share/datasets/fashion-mnist"
TEXT = sys.argv[4] if len(sys.argv) > 4 else None
# one step that changes nothing: rate 0, and running statistics that are frozen with the layers
STILL = ["optimizer.name=sgd", "optimizer.learning_rate=0", "optimizer.weight_decay=0", "schedule.name=constant", "schedule.warmup_steps=0"]
WORDS = "red green blue dog cat moon sun sea rock tree".split()


def lockstep(*arguments):
    run = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if run.returncode:
        sys.exit(f"lockstep {' '.join(arguments)} failed:\n{run.stdout[-500:]}{run.stderr[-2000:]}")
    return run.stdout


def train(name, recipe, settings):
    sets = [word for setting in settings for word in ("--set", setting)]
    lockstep("train", recipe, *sets, "--run-dir", str(FOLDER / name))


def score(name, key):
    """The score as it is printed."""
    return re.search(rf"^{key} +(\S+)$", lockstep("evaluate", str(FOLDER / name)), re.MULTILINE).group(1)


def export(name, form):
    path = FOLDER / f"{name}-{form}"
    lockstep("export", str(FOLDER / name), "--format", form, "--output", str(path))
    return path


def module(path):
    spec = importlib.util.spec_from_file_location("model", path / "model.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def weights(name):
    checkpoints = sorted((FOLDER / name / "checkpoints").glob("step-*"))
    return load_file(checkpoints[-1] / "model.safetensors")


class Images:
    recipe, key = "fashion-mnist", "accuracy"

    def __init__(self, model):
        self.settings = [f"data.path={IMAGES}", f"model.name={model}", "steps=200", "global_batch=64"]
        self.still = ["freeze=[entry.*, normalization.*, blocks.*]"] if model == "resnet20" else []
        self.is_flat = model == "mlp"

    def read(self, name):
        path = pathlib.Path(IMAGES) / name
        data = path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()
        return numpy.frombuffer(data, numpy.uint8)

    def prepare(self, metadata):
        mean, deviation = map(float, re.match(r"\(gray / 255 - (\S+)\) / ([^,]+),", metadata["normalization"]).groups())

        def part(prefix):
            pixels = (self.read(f"{prefix}-images-idx3-ubyte")[16:].astype(numpy.float32) / 255 - numpy.float32(mean)) / numpy.float32(deviation)
            labels = self.read(f"{prefix}-labels-idx1-ubyte")[8:].astype(numpy.int64)
            shape = (len(labels), -1) if self.is_flat else (len(labels), 1, 28, 28)
            return (pixels.reshape(shape),), labels

        self.training, self.test = part("train"), part("t10k")


class Sentences:
    recipe, key = "sequence-classification", "accuracy"

    def __init__(self, model):
        generator = numpy.random.default_rng(3)
        for name, count in (("train.tsv", 2000), ("test.tsv", 1500)):
            lines = []
            for _ in range(count):
                words = [WORDS[i] for i in generator.integers(0, len(WORDS), generator.integers(2, 15))]
                # more words of the first half than of the second; a tenth of the labels is wrong
                label = (sum(WORDS.index(w) < 5 for w in words) * 2 > len(words)) ^ (generator.random() < 0.1)
                lines.append(f"{'many' if label else 'few'}\t{' '.join(words)}\n")
            (FOLDER / name).write_text("".join(lines))
        self.settings = [
            f"data.path={FOLDER}/train.tsv", f"data.test_path={FOLDER}/test.tsv", f"model.name={model}", "text.tokens=words",
            "model.width=32", "model.layers=2", "steps=150", "schedule.warmup_steps=10"]
        self.still = []

    def prepare(self, metadata):
        vocabulary, classes = json.loads(metadata["vocabulary"]), json.loads(metadata["class_names"])

        def part(name):
            rows = [line.split("\t") for line in (FOLDER / name).read_text().splitlines()]
            texts = [[vocabulary.index(word) for word in text.split()] for _, text in rows]
            tokens = numpy.zeros((len(texts), max(map(len, texts))), numpy.int64)
            for row, text in enumerate(texts):
                tokens[row, :len(text)] = text
            labels = numpy.array([classes.index(label) for label, _ in rows])
            return (tokens, numpy.array(list(map(len, texts)))), labels

        self.training, self.test = part("train.tsv"), part("test.tsv")


class Text:
    recipe, key = "language-model", "loss"

    def __init__(self, model):
        text = pathlib.Path(TEXT).read_bytes() if TEXT else " ".join(numpy.random.default_rng(5).choice(WORDS, 60_000)).encode()
        (FOLDER / "train.txt").write_bytes(text[:200_000])
        (FOLDER / "test.txt").write_bytes(text[200_000:240_000])
        self.settings = [
            f"data.path={FOLDER}/train.txt", f"data.test_path={FOLDER}/test.txt", f"model.name={model}", "text.tokens=bytes",
            "model.width=64", "model.layers=2", "model.context=32", "steps=150", "schedule.warmup_steps=10"]
        self.still = []

    def prepare(self, metadata):
        def part(name):
            tokens = numpy.frombuffer((FOLDER / name).read_bytes(), numpy.uint8).astype(numpy.int64)
            count = (len(tokens) - 1) // 32
            return (tokens[:count * 32].reshape(count, 32),), tokens[1:count * 32 + 1].reshape(count, 32)

        self.training, self.test = part("train.txt"), part("test.txt")


def scores(task, run):
    """The score over the test samples with `run`, a function of inputs to logits, and the share of right predictions."""
    inputs, labels = task.test
    loss, correct = 0.0, 0
    for start in range(0, len(labels), 100):
        logits = torch.from_numpy(numpy.asarray(run(*[x[start:start + 100] for x in inputs])))
        truth = torch.from_numpy(labels[start:start + 100])
        logits, truth = logits.flatten(0, -2), truth.flatten()
        loss += F.cross_entropy(logits.double(), truth, reduction="sum").item()
        correct += (logits.argmax(-1) == truth).sum().item()
    return loss / labels.size if task.key == "loss" else correct / labels.size


def with_torch(model):
    def run(*inputs):
        with torch.no_grad():
            return model(*map(torch.from_numpy, inputs)).numpy()
    return run


def with_onnx(path):
    session = onnxruntime.InferenceSession(str(path / "model.onnx"), providers=["CPUExecutionProvider"])
    names = [i.name for i in session.get_inputs()]
    return lambda *inputs: session.run(None, dict(zip(names, inputs)))[0]


def train_in_torch(model, task):
    """Some steps, so that the weights are PyTorch's own."""
    (inputs, labels), generator = task.training, numpy.random.default_rng(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    model.train()
    for _ in range(20):
        rows = generator.integers(0, len(labels), 32)
        loss = F.cross_entropy(
            model(*[torch.from_numpy(x[rows]) for x in inputs]).flatten(0, -2), torch.from_numpy(labels[rows]).flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def close(task, *values):
    values = [float(value) for value in values]
    return max(values) - min(values) <= (1e-6 * max(values) if task.key == "loss" else 0)


def main():
    torch.set_num_threads(1)
    torch.manual_seed(1)
    FOLDER.mkdir(parents=True)
    failed = False
    print(f"{'model':12} {'score':9} {'Lockstep':>19} {'PyTorch':>12} {'Lockstep again':>19} | {'PyTorch':>12} {'Lockstep':>19} {'onnxruntime':>12}")
    for name, task in [
            ("mlp", Images("mlp")), ("cnn", Images("cnn")), ("resnet20", Images("resnet20")), ("gpt", Text("gpt")),
            ("lstm", Text("lstm")), ("transformer", Sentences("transformer"))]:
        one = [name + "-trained", name + "-back", name + "-torch"]
        train(one[0], task.recipe, task.settings)
        exported = export(one[0], "pytorch")
        with_metadata = load_metadata(exported / "model.safetensors")
        task.prepare(with_metadata)
        settings = [s for s in task.settings if not s.startswith(("steps=", "schedule."))] + STILL + task.still + ["steps=1"]
        python = module(exported)
        first, second = score(one[0], task.key), scores(task, with_torch(python.load()))
        train(one[1], task.recipe, settings + [f"transfer.from={exported}/model.safetensors"])
        third = score(one[1], task.key)
        before, after = weights(one[0]), weights(one[1])
        same = before.keys() == after.keys() and all((before[key] == after[key]).all() for key in before)

        model = train_in_torch(python.load(), task)
        file = FOLDER / f"{name}-torch.safetensors"
        save_file({k: v.contiguous() for k, v in model.state_dict().items()}, file, metadata={"format": "pt"})
        fourth = scores(task, with_torch(model))
        train(one[2], task.recipe, settings + [f"transfer.from={file}"])
        fifth, sixth = score(one[2], task.key), scores(task, with_onnx(export(one[2], "onnx")))
        good = first == third and same and close(task, first, second) and close(task, fourth, fifth, sixth)
        failed |= not good
        digits = 8 if task.key == "loss" else 4
        print(
            f"{name:12} {task.key:9} {first:>19} {second:12.{digits}f} {third:>19} | {fourth:12.{digits}f} {fifth:>19} {sixth:12.{digits}f}"
            f"{'' if same else '  WEIGHTS DIFFER'}{'' if good else '  FAILED'}", flush=True)
    sys.exit(failed)


def load_metadata(path):
    with open(path, "rb") as file:
        return json.loads(file.read(int.from_bytes(file.read(8), "little")))["__metadata__"]


main()
