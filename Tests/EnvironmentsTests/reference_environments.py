"""Steps of Gymnasium's environments from equal states, for EnvironmentsTests: python reference_environments.py > References.swift

Made with gymnasium 1.4.0. Rewards and states after each of some steps; of tables a checksum over all outcomes in their order.
"""
import gymnasium as gym
import numpy as np
from gymnasium.envs.toy_text import blackjack


def line(values, indent=8):
    return " " * indent + "[" + ", ".join(repr(float(v)) for v in values) + "],"


def classic(name, id, state, actions, keep32=False):
    env = gym.make(id).unwrapped
    env.reset(seed=0)
    env.state = np.array(state, dtype=np.float32 if keep32 else np.float64)
    rows = []
    for action in actions:
        act = action[0] if env.action_space.shape == () else np.array(action, dtype=np.float64)
        observation, reward, terminated, _, _ = env.step(act)
        rows.append(list(env.state) + [reward, terminated] + list(observation))
    print(f"    /// {id} from {state}: state, reward, end and observation after each step.")
    print(f"    static let {name}: [[Double]] = [")
    for row in rows:
        print(line(row))
    print("    ]")


def checksum(table):
    number, weight, position = 17, 0.0, 0
    for state in sorted(table):
        for action in sorted(table[state]):
            for probability, after, reward, end in table[state][action]:
                position += 1
                number = (number * 31 + int(after) * 7 + int(reward) + 200 + int(bool(end))) % 2147483647
                weight += probability * (position % 97)
    return number, weight


print("// Made by reference_environments.py; do not edit.")
print()
print("enum References {")
classic("cartPole", "CartPole-v1", [0.1, -0.4, 0.05, 0.3], [[1], [1], [0], [1], [0], [0], [0], [0], [0], [0], [0], [0]])
classic("acrobot", "Acrobot-v1", [2.4, -0.3, 1.5, 6.0], [[2], [2], [0], [1], [0], [2]])
classic("mountainCar", "MountainCar-v0", [-1.17, -0.05], [[0], [0], [2], [1], [2]])
classic("mountainCarGoal", "MountainCar-v0", [0.42, 0.05], [[2], [2]])
classic("mountainCarContinuous", "MountainCarContinuous-v0", [0.3, 0.06], [[0.5], [-1.7], [1.0]], keep32=True)
classic("pendulum", "Pendulum-v1", [3.0, 7.5], [[1.5], [-3.0], [0.25], [2.0], [2.0]])
for name, id, arguments in [
    ("frozenLake", "FrozenLake-v1", {}),
    ("frozenLakeSteady", "FrozenLake-v1", {"is_slippery": False}),
    ("frozenLake8", "FrozenLake-v1", {"map_name": "8x8"}),
    ("cliffWalking", "CliffWalking-v1", {}),
    ("taxi", "Taxi-v4", {}),
]:
    env = gym.make(id, **arguments).unwrapped
    number, weight = checksum(env.P)
    start = env.initial_state_distrib
    start = float(np.dot(start / start.sum(), np.arange(len(start))))
    print(f"    static let {name} = (checksum: {number}, weight: {weight!r}, start: {start!r})")

print("    /// Cards, actions, and of each action the player's sum, the dealer's card, a usable ace, the reward and the end; cards left over.")
print("    static let blackjack: [(cards: [Int], actions: [Int], steps: [[Double]], left: Int)] = [")
for cards, actions in [
    ([10, 7, 1, 10], [0]), ([1, 10, 1, 10], [0]), ([10, 6, 1, 6, 10, 5, 9], [1, 1]), ([3, 10, 1, 2, 8, 10], [1, 0]),
    ([6, 10, 9, 4, 5, 3], [1, 0]), ([1, 5, 10, 9, 1, 10, 4], [0]), ([10, 1, 5, 5, 1], [1, 0]),
]:
    deck = list(cards)
    blackjack.draw_card = lambda random: deck.pop(0)
    env = gym.make("Blackjack-v1", sab=True).unwrapped
    env.reset(seed=0)
    rows = []
    for action in actions:
        observation, reward, terminated, _, _ = env.step(action)
        rows.append([float(v) for v in observation] + [reward, float(terminated)])
    print(f"        (cards: {cards}, actions: {actions}, steps: {rows}, left: {len(deck)}),")
print("    ]")
print("}")
