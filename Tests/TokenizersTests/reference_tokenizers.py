"""Makes the fixtures of TokenizersTests with Hugging Face's package: pip install tokenizers==0.23.3

usage: reference_tokenizers.py [LINES DIRECTORY], which writes so many lines, and their ids by the fixtures that there are.
"""

import json
import pathlib
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent / "Fixtures"


class Numbers:
    """Knuth's MMIX generator: the same numbers in Swift."""

    def __init__(self, seed):
        self.state = seed

    def below(self, count):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % count


# blocks of characters that exist since Unicode 6
BLOCKS = [
    (0x61, 0x7A), (0x61, 0x7A), (0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60),
    (0x7B, 0x7E), (0xA1, 0xFF), (0x100, 0x17F), (0x391, 0x3A1), (0x3B1, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA),
    (0x621, 0x63A), (0x660, 0x669), (0x905, 0x939), (0x966, 0x96F), (0xE01, 0xE30), (0x1E00, 0x1EFF), (0x2010, 0x2027),
    (0x2070, 0x2071), (0x2160, 0x2188), (0x2190, 0x21FF), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3), (0xFB00, 0xFB06), (0xFF01, 0xFF5E), (0x300, 0x36F), (0x1D400, 0x1D454), (0x1F600, 0x1F640),
    (0x20000, 0x2A6D6), (0xE000, 0xE0FF), (0x200B, 0x200F), (0x1, 0x1F), (0x7F, 0x9F),
]
SPACES = " \t\u00a0\u2003\u3000\u2028\u0085\u000b\u1680\u202f"
WORDS = ["the", "king", "don't", "I'll", "we've", "they're", "I'm", "he'd", "it's", "DON'T", "'s", "l'été", "naïve", "x''s",
         "2026", "3.14", "<|endoftext|>", "[MASK]", "!?", "...", "Ⅷ", "½", "İstanbul", "straße", "ΣΑΣ", "ﬁne", "e\u0301a"]


def line(numbers):
    text = ""
    for _ in range(1 + numbers.below(12)):
        kind = numbers.below(8)
        if kind < 3:
            text += WORDS[numbers.below(len(WORDS))]
        elif kind < 6:
            first, last = BLOCKS[numbers.below(len(BLOCKS))]
            for _ in range(1 + numbers.below(6)):
                text += chr(first + numbers.below(last - first + 1))
        for _ in range([0, 1, 1, 1, 1, 2, 3, 5][numbers.below(8)]):
            text += SPACES[numbers.below(len(SPACES)) if numbers.below(4) == 0 else 0]
    return text.replace("\n", " ").replace("\r", " ")


def digest(sequences):
    """FNV-1a over the ids, each sequence ended by 2^32 - 1."""
    value = 0xCBF29CE484222325
    for ids in sequences:
        for number in ids + [0xFFFFFFFF]:
            for shift in (0, 8, 16, 24):
                value = ((value ^ (number >> shift & 0xFF)) * 0x100000001B3) % 2**64
    return value


def texts():
    numbers = Numbers(7)
    return [line(numbers) for _ in range(400)] + ["the king and the queen, they're don't I'll " * 3] * 20


def gpt2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500, min_frequency=2, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(["\n".join(texts())], trainer)
    return tokenizer


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=12))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    trainer = trainers.WordPieceTrainer(
        vocab_size=900, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
    tokenizer.train_from_iterator(texts(), trainer)
    cls, sep = (tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", cls), ("[SEP]", sep)])
    return tokenizer


def words():
    """Merges with a mark at the end of words, over other parts."""
    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]", end_of_word_suffix="</w>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)])
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    trainer = trainers.BpeTrainer(
        vocab_size=400, limit_alphabet=150, special_tokens=["[UNK]"], end_of_word_suffix="</w>", show_progress=False)
    tokenizer.train_from_iterator(texts(), trainer)
    tokenizer.add_tokens([AddedToken("[MASK]", lstrip=True, rstrip=True), AddedToken("king", single_word=True)])
    return tokenizer


def main():
    HERE.mkdir(exist_ok=True)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, make in (("gpt2", gpt2), ("bert", bert), ("words", words)):
        # only the training of GPT-2's is the same each time
        if len(sys.argv) == 1:
            make().save(str(HERE / f"{name}.json"))
        tokenizer = Tokenizer.from_file(str(HERE / f"{name}.json"))
        numbers = Numbers(1)
        lines = [line(numbers) for _ in range(count)]
        ids = [tokenizer.encode(text).ids for text in lines]
        print(name, hex(digest(ids)), sum(map(len, ids)))
        if len(sys.argv) == 1:
            rows = [
                {"text": text, "ids": found, "decoded": tokenizer.decode(found)} for text, found in zip(lines[:40], ids)
            ]
            (HERE / f"{name}-lines.json").write_text(json.dumps(rows, indent=0, ensure_ascii=True) + "\n")
        else:
            (pathlib.Path(sys.argv[2]) / f"{name}.ids").write_text("".join(" ".join(map(str, i)) + "\n" for i in ids))
            (pathlib.Path(sys.argv[2]) / "lines.txt").write_text("".join(t + "\n" for t in lines))


main()
