"""Compares exported models with what Lockstep computes of the inputs in example.safetensors, for several sizes of batches and sequences.

Usage: python3 check_exports.py DIRECTORY…   of `lockstep export --format onnx` (needs onnx, onnxruntime, numpy, safetensors) and
of `--format pytorch` (needs torch, safetensors). Exits with 1 where an output differs by more than 1e-5 of the largest one.
"""
import glob
import importlib.util
import os
import sys

CASES = ("", ".2", ".3")


def check_onnx(path, example):
    import numpy
    import onnx
    import onnxruntime

    onnx.checker.check_model(onnx.load(path), full_check=True)
    name = os.path.basename(path).removesuffix(".onnx")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for case in CASES:
        inputs = {
            i.name: example[f"{name}{case}.{i.name}"].astype(numpy.int64 if "int64" in i.type else numpy.float32)
            for i in session.get_inputs()}
        outputs = zip(session.get_outputs(), session.run(None, inputs))
        value = max(difference(o, example[f"{name}{case}.{i.name}"]) for i, o in outputs)
        yield name, [list(x.shape) for x in inputs.values()], value


def check_pytorch(directory, example):
    import torch

    spec = importlib.util.spec_from_file_location("model", directory + "/model.py")
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    for name in sorted({key.split(".")[0] for key in example}):
        module = model.load(getattr(model, name.capitalize()))
        names = module.forward.__code__.co_varnames[1:module.forward.__code__.co_argcount]
        for case in CASES:
            tensors = {key.removeprefix(f"{name}{case}."): torch.from_numpy(value) for key, value in example.items()
                       if key.startswith(f"{name}{case}.") and key.count(".") == 1 + case.count(".")}
            integers = ("tokens", "lengths", "sources", "source_lengths", "targets")
            inputs = [tensors[i].long() if i in integers else tensors[i] for i in names]
            with torch.no_grad():
                outputs = module(*inputs)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            expected = [value for key, value in tensors.items() if key not in names]
            assert len(outputs) == len(expected)
            value = max(difference(a.numpy(), b.numpy()) for a, b in zip(outputs, expected))
            yield name, [list(x.shape) for x in inputs], value


def difference(found, expected):
    assert found.shape == expected.shape, (found.shape, expected.shape)
    return abs(found - expected).max() / max(1, abs(expected).max())


def main():
    from safetensors.numpy import load_file

    failed = False
    for directory in sys.argv[1:]:
        example = load_file(directory + "/example.safetensors")
        results = [result for path in sorted(glob.glob(directory + "/*.onnx")) for result in check_onnx(path, example)]
        if os.path.exists(directory + "/model.py"):
            results += check_pytorch(directory, example)
        failed |= not results
        for name, shapes, value in results:
            failed |= not value <= 1e-5
            print(f"{directory} {name} of {' '.join(map(str, shapes))}: {value:.2e}{'' if value <= 1e-5 else ' FAILED'}")
    sys.exit(failed)


main()
