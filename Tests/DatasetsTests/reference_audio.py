"""Writes Fixtures/sounds and prints AudioReferences.swift; made with librosa 0.11 and soundfile 0.14 (libsndfile 1.2).

The signal is 0.5·sin(2π·440·t) + 0.25·sin(2π·1234.5·t + 1) at 8,000 Hz, 800 samples, with 100 samples of silence at the end.
Usage: python3 reference_audio.py > AudioReferences.swift   (in this folder)
"""
import os
import librosa
import numpy as np
import soundfile

rate = 8000
t = np.arange(900) / rate
signal = np.where(t < 0.1, 0.5 * np.sin(2 * np.pi * 440 * t) + 0.25 * np.sin(2 * np.pi * 1234.5 * t + 1), 0)
os.makedirs("Fixtures/sounds", exist_ok=True)
for name, subtype in [
    ("u8.wav", "PCM_U8"), ("16.wav", "PCM_16"), ("24.wav", "PCM_24"), ("32.wav", "PCM_32"), ("float.wav", "FLOAT"),
    ("ulaw.wav", "ULAW"), ("16.flac", "PCM_16"), ("24.flac", "PCM_24"), ("16.aiff", "PCM_16"),
]:
    soundfile.write(f"Fixtures/sounds/{name}", signal, rate, subtype=subtype)
stereo = np.stack([signal, np.zeros_like(signal)], axis=1)
soundfile.write("Fixtures/sounds/stereo.wav", stereo, rate, subtype="PCM_16", format="WAVEX")
soundfile.write("Fixtures/sounds/stereo.flac", stereo, rate, subtype="PCM_16")


def rows(values):
    numbers = [f"{v:.5f}" for v in np.asarray(values, dtype=np.float64).ravel()]
    return "\n".join("        " + ", ".join(numbers[i:i + 8]) + "," for i in range(0, len(numbers), 8))


def mel(bands, window, hop, size):
    power = librosa.feature.melspectrogram(
        y=signal, sr=rate, n_fft=size, hop_length=hop, win_length=window, n_mels=bands)
    return librosa.power_to_db(power, top_db=80).T


print("// Made by reference_audio.py.\n\n/// Log-mel features of its signal, [frames, bands].\nenum AudioReferences {")
for name, form in [("usual", (40, 200, 80, 512)), ("wide", (16, 1000, 300, 1024))]:
    features = mel(*form)
    kept = features[::4] if name == "usual" else features
    print(f"    /// {form[0]} bands, windows of {form[1]} with a hop of {form[2]}, transforms of {form[3]}: {len(features)} frames"
          + (", each fourth." if name == "usual" else "."))
    print(f"    static let {name}: [Float] = [\n{rows(kept)}\n    ]\n")
print("    /// The sums of the mel filters' weights at 22,050 Hz for transforms of 2,048 and 64 bands.")
print(f"    static let filterSums: [Double] = [\n{rows(librosa.filters.mel(sr=22050, n_fft=2048, n_mels=64).sum(axis=1))}\n    ]\n}}")
