"""Prints the numbers of HalvesTests.roundings; made with PyTorch 2.15.0."""
import numpy as np
import torch

bits = [0x00000000, 0x80000000, 0x3F800000, 0x3F808000, 0x3F808001, 0x3F818000, 0x3F817FFF, 0xBF80C000, 0x00000001,
        0x00008000, 0x00008001, 0x00018000, 0x007FFFFF, 0x7F7FFFFF, 0x7F7F7FFF, 0x7F7F8000, 0xFF7FFFFF, 0x7F800000,
        0xFF800000, 0x40490FDB, 0xC2F6E979]
floats = torch.tensor(np.array(bits, dtype=np.uint32).view(np.float32))
halves = floats.to(torch.bfloat16).view(torch.int16).numpy().view(np.uint16)
print("    static let roundings: [(UInt32, UInt16)] = [")
for i in range(0, len(bits), 5):
    print("        " + ", ".join(f"(0x{b:08x}, 0x{h:04x})" for b, h in zip(bits[i:i + 5], halves[i:i + 5])) + ",")
print("    ]")
