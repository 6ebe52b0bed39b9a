"""Makes this folder's model: a BERT of random weights, and what transformers and sentence-transformers make of it.

    python data/tiny-bert/make.py test/experiments/text/tiny-bert-golden.json

Written with torch 2.15.0, transformers 5.24.0 and sentence-transformers 6.2.0. Weights are half precision, to keep them small; the
vectors were computed from them in 32 bits. The random numbers of another version of torch may differ: then both files change.
"""

import json
import sys
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as parts
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

folder = Path(__file__).parent
letters = "abcdefghijklmnopqrstuvwxyz0123456789"
words = "the of and film story toy star love night man small large soft modern game book home red lamp phone".split()
chinese = "蓝牙耳机手充电器便携相械键盘校园小说家常菜谱旅游地图名人传记戏柄视木制拼飞行摇杆护眼台灯羊毛毯子"
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
vocabulary += list(letters) + ["##" + letter for letter in letters] + words + list("().,:'!&-")
vocabulary += list(dict.fromkeys(chinese)) + ["##ing", "##ies", "##er"]
assert len(set(vocabulary)) == len(vocabulary)
(folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf8")
(folder / "tokenizer_config.json").write_text('{ "do_lower_case": true, "tokenizer_class": "BertTokenizer" }\n')

torch.manual_seed(1)
config = BertConfig(
    vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=32,
    max_position_embeddings=24, type_vocab_size=2, layer_norm_eps=1e-12, initializer_range=0.3,
)
model = BertForMaskedLM(config).half()
for name, weight in model.named_parameters():
    if "LayerNorm" in name or name.endswith("bias"):
        weight.data += 0.2 * torch.randn(weight.shape).half()
model.save_pretrained(folder)
(folder / "generation_config.json").unlink(missing_ok=True)

texts = [
    "Toy Story (1995)",
    "Amélie: the night of LOVE!",
    "蓝牙耳机 small phone",
    "",
    "≈ unknown ∑",
    "the lamp and the book and the game and the story of a man and a soft red home at night of the film about a star",
]
encoder = parts.Transformer(str(folder), max_seq_length=24, model_kwargs={"dtype": torch.float32})
golden = {"texts": texts, "vectors": {}, "ids": {}}
for pooling in ["mean", "cls", "max"]:
    whole = SentenceTransformer(modules=[encoder, parts.Pooling(16, pooling_mode=pooling), parts.Normalize()], device="cpu")
    golden["vectors"][pooling] = [[round(float(x), 7) for x in row] for row in whole.encode(texts, batch_size=1)]
awkward = texts + [
    "naïve  café\tÀÉ", "ﬁ ＡＢＣ１２３", "don't stop-ing!", "𠀀蓝𠀁", "x" * 101, "ΟΔΟΣ", "[SEP] a [MASK]", "a\u0301b\u0000c\ufffd", "story ies",
]
for lower in [True, False]:
    tokenizer = BertTokenizer(vocab=str(folder / "vocab.txt"), do_lower_case=lower)
    golden["ids"]["lower" if lower else "as it is"] = [
        [text, tokenizer(text, add_special_tokens=False)["input_ids"]] for text in awkward
    ]
Path(sys.argv[1]).write_text(json.dumps(golden, ensure_ascii=False) + "\n", encoding="utf8")
