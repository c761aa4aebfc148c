"""Numbers that TableTests, FieldTests and ScoreTests compare with: statistics of numpy, scores of scikit-learn, dates of pandas."""

import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error, r2_score

values = np.array([1e9 + 0.25 * i for i in range(7)])
print("offset column: mean", repr(values.mean()), "deviation", repr(values.std()))
print("offset column: standardized first", repr((values[0] - values.mean()) / values.std()))

y = np.array([1_000_000 + 0.001 * i for i in range(40)])
p = np.array([0.0005 + 0.00001 * (i % 7) for i in range(40)])
print("far targets: r2", repr(r2_score(y, p)), "mse", repr(mean_squared_error(y, p)))
y = np.array([1.0, 2.0, 4.0, 8.0])
p = np.array([1.5, 2.0, 3.0, 9.0])
w = np.array([1.0, 2.0, 0.5, 4.0])
print("small: r2", repr(r2_score(y, p)), "mse", repr(mean_squared_error(y, p)))
print("weighted: r2", repr(r2_score(y, p, sample_weight=w)), "mse", repr(mean_squared_error(y, p, sample_weight=w)))
print("constant: right", r2_score([3, 3], [3, 3]), "wrong", r2_score([3, 3], [3, 4]))

for text in [
    "2026-03-31", "2026/3/1", "2026-03", "2026-03-31T13:05", "2026-03-31 13:05:07.25", "2026-03-31T13:05:07+02:00",
    "1969-12-31T23:59:59Z", "2024-02-29", "31 March 2026", "Mar 31, 2026", "31-Mar-2026", "2026-03-31 1:05 PM",
]:
    stamp = pd.Timestamp(text)
    print("date", text, stamp.timestamp())
for text, order in [("31.3.2026", "%d.%m.%Y"), ("3/4/2026", "%d/%m/%Y")]:
    print("date", text, pd.to_datetime(text, format=order).timestamp())
stamp = pd.Timestamp("2026-03-31 18:00")
year = (stamp.day_of_year - 1 + 0.75) / 365
week = (stamp.day_of_week + 0.75) / 7
print("parts", [repr(f(2 * np.pi * x)) for x in (year, week, 0.75) for f in (np.sin, np.cos)])
