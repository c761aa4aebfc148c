"""Drift points of DriftDetectionTests, by the Python package river 0.26.1: python reference_drift.py"""

from river.drift import PageHinkley
from river._river_rust.drift import AdaptiveWindowing


def bits(count, rates):
    """Zeros and ones with a rate that changes after each `count`, by a linear congruential generator."""
    state = 1
    for rate in rates:
        for _ in range(count):
            state = (state * 1103515245 + 12345) % 2**31
            yield 1.0 if state / 2**31 < rate else 0.0


for threshold, rates in [(50, [0.2, 0.8, 0.1]), (5, [0.3, 0.3, 0.4, 0.2])]:
    test = PageHinkley(threshold=threshold)
    found = []
    for index, bit in enumerate(bits(1000, rates)):
        test.update(bit)
        if test.drift_detected:
            found.append(index)
    print("page-hinkley", threshold, rates, found)

# without the reset that river's ADWIN makes after a change: the newer part of the window stays, as in the paper
for clock, rates in [(32, [0.2, 0.8, 0.1]), (1, [0.3, 0.3, 0.4, 0.2])]:
    window = AdaptiveWindowing(delta=0.002, clock=clock, max_buckets=5, min_window_length=5, grace_period=10)
    found = []
    for index, bit in enumerate(bits(1000, rates)):
        if window.update(bit):
            found.append((index, window.get_width()))
    print("adwin", clock, rates, found, window.get_width(), window.get_total(), window.get_variance())
