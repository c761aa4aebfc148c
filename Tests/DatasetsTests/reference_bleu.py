"""The numbers of BLEUTests.swift, from sacrebleu 2.6.0 (pip install sacrebleu)."""

import sacrebleu

PAIRS = [
    ("the cat sat on the mat today", "the cat sat on a mat today"),
    ("there is a dog in the garden", "a dog is in the garden"),
    ("he reads", "he reads the long book every day"),
    ("the the the the", "the cat is on the mat"),
]


def score(pairs):
    return sacrebleu.corpus_bleu(
        [a for a, _ in pairs], [[b for _, b in pairs]], smooth_method="none", tokenize="none", force=True)


for pairs in (PAIRS, PAIRS[:1], PAIRS[:2], PAIRS[2:]):
    result = score(pairs)
    print(result.score, result.counts, result.totals, result.sys_len, result.ref_len)
