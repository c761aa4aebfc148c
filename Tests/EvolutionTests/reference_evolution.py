"""The numbers of StrategyTests.swift, by pycma 4.5 (`pip install cma`) and NumPy: python3 reference_evolution.py

With `race` the evaluations in which pycma reaches 1e-10, medians over 20 seeds.
"""

import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def ellipsoid(x):
    return float(sum(10.0**i * v * v for i, v in enumerate(x)))


def step(member, coordinate, generation):
    """A deterministic stand-in for normal numbers."""
    return 1.5 * np.sin(1 + 7 * member + 3 * coordinate + 5 * generation)


def cma_steps():
    import cma

    dimension, population = 4, 8
    es = cma.CMAEvolutionStrategy([1.0, 0.5, -0.5, 2.0], 0.5, {"verbose": -9, "popsize": population, "seed": 1})
    # pycma begins a little beside the identity
    es.sm.C, es.sm.B, es.sm.D = np.eye(dimension), np.eye(dimension), np.ones(dimension)
    for generation in range(3):
        es.ask()
        samples = [
            es.mean + es.sigma * np.array([step(k, i, generation) for i in range(dimension)])
            for k in range(population)
        ]
        es.tell(samples, [ellipsoid(x) for x in samples], check_points=False)
        es.sm.update_now(-1)
        print("mean", generation, [float(v) for v in es.mean])
        print("sigma", generation, float(es.sigma))
        print("covariance", generation, [float(v) for v in es.sm.C.flatten()])


def openai_step():
    """Salimans et al., 2017; the fitness of members 4 and 5 is equal."""
    population, sigma, rate, decay = 8, 0.2, 0.05, 0.01
    mean = np.array([1.0, -2.0, 0.5])
    fitness = np.array([3.0, 1.0, -1.0, 4.0, 2.0, 2.0, 0.5, 9.0])
    from_worst = np.argsort(np.argsort(fitness)).astype(float)
    from_worst[4] = from_worst[5] = (from_worst[4] + from_worst[5]) / 2
    shaped = from_worst / (population - 1) - 0.5
    pairs = NOISE[: population // 2]
    gradient = sum((shaped[2 * k] - shaped[2 * k + 1]) * pairs[k] for k in range(population // 2)) / (
        population * sigma
    )
    gradient = gradient - decay * mean
    print("openai sgd", [float(v) for v in mean + rate * gradient])
    m, v = 0.1 * gradient, 0.001 * gradient**2
    print("openai adam", [float(x) for x in mean + rate * (m / 0.1) / (np.sqrt(v / 0.001) + 0.05)])


def snes_step():
    """Schaul et al., 2011."""
    population, dimension = 6, 3
    mean, deviations = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.3, 0.3])
    fitness = np.array([3.0, 1.0, -1.0, 4.0, 2.0, 0.5])
    rank = np.argsort(np.argsort(-fitness)) + 1
    raw = np.maximum(0, np.log(population / 2 + 1) - np.log(rank))
    utility = raw / raw.sum() - 1 / population
    s = NOISE[:population]
    rate = (3 + np.log(dimension)) / (5 * np.sqrt(dimension))
    print("snes mean", [float(v) for v in mean + deviations * (utility @ s)])
    print("snes deviations", [float(v) for v in deviations * np.exp(rate / 2 * (utility @ (s * s - 1)))])


# MemberNoise(seed: 7, dimension: 3) of generation 0, numbers 0 to 5
NOISE = np.array(
    [
        [0.93507016, 0.42726326, -0.3878986],
        [1.8182209, 0.003932917, 0.4443838],
        [0.25949502, 0.80904305, -1.3799328],
        [-0.97770244, 0.56018126, 0.7193948],
        [-1.688973, -0.18989182, -0.77706003],
        [-2.3435614, 1.4616292, -2.377822],
    ],
    dtype=np.float32,
).astype(float)


def race():
    import cma

    def rosenbrock(x):
        return float(np.sum(100 * (x[:-1] ** 2 - x[1:]) ** 2 + (x[:-1] - 1) ** 2))

    def rastrigin(x):
        return float(np.sum(x * x + 10 * (1 - np.cos(2 * np.pi * x))))

    never = {"tolfun": 0, "tolx": 0, "tolfunhist": 0, "tolstagnation": 10**9, "tolflatfitness": 10**9}
    for function, population, sigma, start in (
        (lambda x: float(np.sum(x * x)), 10, 0.5, 1.0),
        (rosenbrock, 10, 0.5, 0.0),
        (rastrigin, 200, 2.0, 3.0),
    ):
        counts = []
        for seed in range(1, 21):
            es = cma.CMAEvolutionStrategy(
                10 * [start], sigma, {"verbose": -9, "popsize": population, "seed": seed, **never}
            )
            count, found = 0, False
            while count < 100_000 and not found:
                samples, values = es.ask(), []
                for x in samples:
                    values.append(function(x))
                    count += 1
                    if values[-1] < 1e-10:
                        found = True
                        break
                if not found:
                    es.tell(samples, values)
            if found:
                counts.append(count)
        print("median", np.median(counts), "of", len(counts), "of 20 seeds")


if __name__ == "__main__":
    if sys.argv[1:] == ["race"]:
        race()
    else:
        cma_steps()
        openai_step()
        snes_step()
