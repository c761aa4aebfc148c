# The accuracies of SelfSupervisedTests.probe, by scikit-learn: python3 reference_probe.py
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier


def points(start, count):
    i = np.arange(start, start + count, dtype=np.float64)
    label = (i % 3).astype(int)
    noise = np.stack([np.sin(1.7 * i * i), np.cos(2.3 * i * i), np.sin(0.9 * i * i + 1), np.cos(i * i * 0.31)], axis=1)
    center = np.array([[1, 0, 0.5, 0], [0, 1, 0, 0.5], [0.4, 0.4, 0.8, 0.2]])[label]
    return center + 0.8 * noise, label


train, train_labels = points(0, 150)
test, test_labels = points(1000, 200)


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


for k in (1, 5, 20):
    # the nearest by cosine are the nearest unit vectors; ties between classes: counted apart
    model = KNeighborsClassifier(n_neighbors=k).fit(unit(train), train_labels)
    neighbors = model.kneighbors(unit(test), return_distance=False)
    votes = np.array([np.bincount(train_labels[row], minlength=3) for row in neighbors])
    best = votes == votes.max(axis=1, keepdims=True)
    # of classes with equally many votes the one of the nearest neighbor among them
    chosen = np.array([next(train_labels[n] for n in row if best[index, train_labels[n]]) for index, row in enumerate(neighbors)])
    print(k, (chosen == test_labels).sum())
standard = (train - train.mean(0)) / train.std(0)
linear = LogisticRegression(C=1e9, tol=1e-10, max_iter=10000).fit(standard, train_labels)
print("linear", (linear.predict((test - train.mean(0)) / train.std(0)) == test_labels).sum())
