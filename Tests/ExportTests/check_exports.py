"""Compares exported models with what Lockstep computes of the inputs in example.safetensors.

Usage: python3 check_exports.py DIRECTORY…   of `lockstep export --format onnx` (needs onnx, onnxruntime, numpy, safetensors) and
of `--format pytorch` (needs torch, safetensors). Exits with 1 where an output differs by more than 1e-5 of the largest one.
"""
import glob
import importlib.util
import os
import sys


def check_onnx(path, example):
    import numpy
    import onnx
    import onnxruntime

    onnx.checker.check_model(onnx.load(path), full_check=True)
    name = os.path.basename(path).removesuffix(".onnx")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    inputs = {
        i.name: example[f"{name}.{i.name}"].astype(numpy.int64 if "int64" in i.type else numpy.float32)
        for i in session.get_inputs()}
    outputs = zip(session.get_outputs(), session.run(None, inputs))
    return name, max(difference(o, example[f"{name}.{i.name}"]) for i, o in outputs)


def check_pytorch(directory, example):
    import torch

    spec = importlib.util.spec_from_file_location("model", directory + "/model.py")
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    for name in sorted({key.split(".")[0] for key in example}):
        module = model.load(getattr(model, name.capitalize()))
        tensors = {key.split(".", 1)[1]: torch.from_numpy(value) for key, value in example.items() if key.startswith(name + ".")}
        inputs = module.forward.__code__.co_varnames[1:module.forward.__code__.co_argcount]
        integers = ("tokens", "lengths", "sources", "source_lengths", "targets")
        with torch.no_grad():
            output = module(*[tensors[i].long() if i in integers else tensors[i] for i in inputs])
        expected = [value for key, value in tensors.items() if key not in inputs][0]
        yield name, difference(output.numpy(), expected.numpy())


def difference(found, expected):
    assert found.shape == expected.shape, (found.shape, expected.shape)
    return abs(found - expected).max() / max(1, abs(expected).max())


def main():
    from safetensors.numpy import load_file

    failed = False
    for directory in sys.argv[1:]:
        example = load_file(directory + "/example.safetensors")
        results = [check_onnx(path, example) for path in sorted(glob.glob(directory + "/*.onnx"))]
        if os.path.exists(directory + "/model.py"):
            results += check_pytorch(directory, example)
        for name, value in results:
            failed |= not value <= 1e-5
            print(f"{directory} {name}: {value:.2e}")
    sys.exit(failed)


main()
