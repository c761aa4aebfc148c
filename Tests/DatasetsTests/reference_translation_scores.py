"""The numbers of TranslationScoreTests.swift, from sacrebleu 2.6.0 (pip install sacrebleu).

The texts are words and signs with blanks between them, as TokenVocabulary cuts them: sacrebleu's tokenize="none". A translation
that the model has cut or does not know is against the whole reference of the file; "<?>" is no word of any reference.
"""

import sacrebleu

WHOLE = "u v w x y z"
CASES = {
    "whole": ([WHOLE] * 4, [WHOLE] * 4),
    "cut at four": (["u v w x"] * 4, [WHOLE] * 4),
    "one unknown": (["u v w x y <?>"] * 4, [WHOLE] * 4),
    "empty": (["", WHOLE], [WHOLE, WHOLE]),
    "all empty": ([""], [WHOLE]),
    "single words": (["u", "v"], ["u", "v"]),
    "of different lengths": (["u v w x y z z z z z", "u"], ["u v w x y z", "u v w x"]),
    "repeated": (["u u u u u u u"], ["u v u w u"]),
}

for name, (texts, references) in CASES.items():
    result = sacrebleu.corpus_bleu(texts, [references], smooth_method="none", tokenize="none", force=True)
    exact = sum(a == b for a, b in zip(texts, references))
    print(name, repr(result.score), result.counts, result.totals, result.sys_len, result.ref_len, exact)
