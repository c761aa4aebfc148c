"""The numbers of MetricReferences.swift: scikit-learn's scores of small classifications.

    pip install numpy scikit-learn
    python3 reference_metrics.py > MetricReferences.swift

A label of -1 is a class that the model does not know. Ranking scores take the columns of the classes that the model knows,
each against all other samples; where a class has no samples the area under the curve is not defined.
"""
import warnings

import numpy as np
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

warnings.simplefilter("ignore")
generator = np.random.default_rng(20)


def softmax(logits):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)


def random(count, classes, labels=None, weight=1.5):
    labels = generator.integers(0, classes, count) if labels is None else np.array(labels)
    logits = generator.normal(size=(count, classes))
    for row, label in enumerate(labels):
        if label >= 0:
            logits[row, label] += weight
    return labels, np.round(logits, 4)


def imbalanced():
    return random(60, 3, [0] * 54 + [1] * 4 + [2] * 2)


CASES = {
    "threeClasses": random(40, 3),
    "imbalanced": imbalanced(),
    "binary": random(30, 2),
    "rareBinary": random(50, 2, [0] * 47 + [1] * 3),
    "unknownClass": random(24, 3, [0, 1, 2, -1] * 6),
    "unknownBinary": random(20, 2, [0, 1, -1, 1] * 5),
    "constantPredictions": (np.array([0, 1, 2, 2, 1, 0, 1]), np.tile([0.5, 2.0, 1.0], (7, 1))),
    "emptyClass": random(20, 4, [0, 1, 3, 3] * 5),
    "singleClass": random(9, 3, [1] * 9),
    "singleBinary": random(8, 2, [1] * 8),
    "ties": (np.array([0, 1, 0, 1, 1, 0, 0, 1]), np.array([[0, v] for v in [0.0, 0, 1, 1, 1, 2, -1, 0]])),
    "manyClasses": random(50, 12),
}


def number(value):
    return "nil" if value is None or np.isnan(value) else repr(float(value))


def scores(labels, logits):
    classes = logits.shape[1]
    predictions = logits.argmax(axis=1)  # of equal ones the first
    probabilities = softmax(logits).astype(np.float64)
    result = {}
    for average in ["macro", "weighted"]:
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            labels, predictions, average=average, zero_division=0)
        result |= {f"precision_{average}": precision, f"recall_{average}": recall, f"f1_{average}": f1}
    result["accuracy"] = metrics.accuracy_score(labels, predictions)
    result["balanced_accuracy"] = metrics.balanced_accuracy_score(labels, predictions)
    areas, precisions = [], []
    for label in range(classes):
        positive = (labels == label).astype(int)
        both = 0 < positive.sum() < len(positive)
        areas.append(metrics.roc_auc_score(positive, probabilities[:, label]) if both else None)
        precisions.append(metrics.average_precision_score(positive, probabilities[:, label]) if positive.any() else 0)
    chosen = [1] if classes == 2 else range(classes)
    defined = all(areas[label] is not None for label in chosen)
    result["roc_auc"] = np.mean([areas[label] for label in chosen]) if defined else None
    result["average_precision"] = np.mean([precisions[label] for label in chosen])
    if classes == 2:
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            labels, predictions, labels=[1], average="macro", zero_division=0)
        result |= {"precision": precision, "recall": recall, "f1": f1}
    for k in [2, 5]:
        if k < classes:
            known = labels >= 0
            found = metrics.top_k_accuracy_score(
                labels[known], logits[known], k=k, labels=range(classes), normalize=False) if classes > 2 else None
            # equal logits: scikit-learn prefers the last, this program the first; the cases have none where it matters
            result[f"top_{k}_accuracy"] = found / len(labels)
    if classes > 2 and defined and (labels >= 0).all():
        whole = metrics.roc_auc_score(labels, probabilities / probabilities.sum(axis=1, keepdims=True), multi_class="ovr")
        assert abs(whole - result["roc_auc"]) < 1e-6, (whole, result["roc_auc"])
    per_class = metrics.precision_recall_fscore_support(
        labels, predictions, labels=list(range(classes)), zero_division=0)
    names = sorted(set(labels) | set(predictions))
    matrix = metrics.confusion_matrix(labels, predictions, labels=names)
    return result, per_class, areas, [
        (names[i], names[j], matrix[i, j]) for i in range(len(names)) for j in range(len(names)) if matrix[i, j]]


print("// Made by reference_metrics.py with scikit-learn; see there.\n")
print("/// Small classifications, and scikit-learn's scores of them.")
print("struct MetricReference: Sendable {\n    let name: String\n    let classes: Int\n    let labels: [Int32]\n    let logits: [Float]")
print("    /// Nil where it is not defined.\n    let scores: [String: Double?]")
print("    let precision, recall, f1: [Double]\n    let areas: [Double?]\n    let confusion: [[Int]]\n")
for name, (labels, logits) in CASES.items():
    result, per_class, areas, confusion = scores(labels, logits)
    print(f"    private static let {name} = MetricReference(\n            name: \"{name}\", classes: {logits.shape[1]},")
    print(f"            labels: {[int(label) for label in labels]},")
    print(f"            logits: {[float(value) for value in logits.flatten()]},")
    print("            scores: [" + ", ".join(f"\"{key}\": {number(value)}" for key, value in result.items()) + "],")
    for key, values in zip(["precision", "recall", "f1"], per_class):
        print(f"            {key}: {[float(value) for value in values]},")
    print(f"            areas: [{', '.join(number(value) for value in areas)}],")
    print(f"            confusion: {[[int(v) for v in cell] for cell in confusion]})\n")
print(f"    static let all = [{', '.join(CASES)}]\n")
labels = [0] * 54 + [1] * 4 + [2] * 2
weights = compute_class_weight("balanced", classes=np.unique(labels), y=labels)
print("    /// `compute_class_weight(\"balanced\")` of 54, 4 and 2 samples of three classes.")
print(f"    static let balancedWeights: [Double] = {[float(w) for w in weights]}\n}}")
