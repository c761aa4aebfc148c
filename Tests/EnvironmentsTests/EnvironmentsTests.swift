import Environments
import Foundation
import Testing

/// Steps of an environment from a state, as rows of state, reward, end and observation.
private func rows<World: Environment>(_ world: World, from state: [Double], _ actions: [[Float]]) -> [[Double]] {
    var state = World.State(values: state[...])
    return actions.map { action in
        var random = EnvironmentRandom(seed: 1, environment: 0, episode: 0, step: 0)
        let reward = action.withUnsafeBufferPointer { world.step(&state, $0, &random) }
        return state.values + [reward.value, reward.isTerminal ? 1 : 0] + observation(world, state).map(Double.init)
    }
}

private func observation<World: Environment>(_ world: World, _ state: World.State) -> [Float] {
    var values = [Float](repeating: .nan, count: world.observationSize)
    values.withUnsafeMutableBufferPointer { world.observe(state, into: $0) }
    return values
}

/// Compares all elements; the angles of Gymnasium are not wrapped, ours neither.
private func expectClose(_ found: [[Double]], _ expected: [[Double]], _ tolerance: Double) {
    #expect(found.count == expected.count)
    for (step, (row, other)) in zip(found, expected).enumerated() {
        #expect(row.count == other.count)
        for (index, (a, b)) in zip(row, other).enumerated() {
            #expect(abs(a - b) <= tolerance * max(1, abs(b)), "step \(step), element \(index): \(a), expected \(b)")
        }
    }
}

@Suite("Environments")
struct EnvironmentsTests {
    /// Float32 observations agree to 1e-7, all else to rounding; one action of MountainCarContinuous is in Float32
    /// there.
    @Test("CartPole, Acrobot, both MountainCars and Pendulum make Gymnasium's steps from equal states")
    func classic() {
        func list(_ actions: [Float]) -> [[Float]] { actions.map { [$0] } }
        expectClose(
            rows(CartPole(), from: [0.1, -0.4, 0.05, 0.3], list([1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])),
            References.cartPole, 2e-7)
        expectClose(
            rows(Acrobot(), from: [2.4, -0.3, 1.5, 6.0], list([2, 2, 0, 1, 0, 2])), References.acrobot, 2e-7)
        expectClose(
            rows(MountainCar(), from: [-1.17, -0.05], list([0, 0, 2, 1, 2])), References.mountainCar, 2e-7)
        expectClose(rows(MountainCar(), from: [0.42, 0.05], list([2, 2])), References.mountainCarGoal, 2e-7)
        expectClose(
            rows(MountainCarContinuous(), from: [Double(Float(0.3)), Double(Float(0.06))], list([0.5, -1.7, 1])),
            References.mountainCarContinuous, 5e-7)
        expectClose(
            rows(Pendulum(), from: [3.0, 7.5], list([1.5, -3, 0.25, 2, 2])), References.pendulum, 2e-7)
    }

    @Test("FrozenLake, CliffWalking and Taxi have Gymnasium's tables, outcome by outcome")
    func tables() {
        func check(_ world: some TabularEnvironment, _ expected: (checksum: Int, weight: Double, start: Double)) {
            let table = world.table
            var (number, weight, position) = (17, 0.0, 0)
            for outcomes in table.outcomes {
                #expect(abs(outcomes.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
                for outcome in outcomes {
                    position += 1
                    let code = outcome.state * 7 + Int(outcome.reward) + 200 + (outcome.isTerminal ? 1 : 0)
                    number = (number * 31 + code) % 2_147_483_647
                    weight += outcome.probability * Double(position % 97)
                }
            }
            let start = table.start.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
            #expect(number == expected.checksum)
            #expect(abs(weight - expected.weight) < 1e-6 && abs(start - expected.start) < 1e-9)
        }
        check(FrozenLake(), References.frozenLake)
        check(FrozenLake(isSlippery: false), References.frozenLakeSteady)
        check(FrozenLake(isLarge: true), References.frozenLake8)
        check(CliffWalking(), References.cliffWalking)
        check(Taxi(), References.taxi)
    }

    @Test("Blackjack plays Gymnasium's games with the same cards")
    func blackjack() {
        let world = Blackjack()
        for game in References.blackjack {
            var cards = game.cards
            func next() -> Int { cards.removeFirst() }
            var state = world.deal(next)
            for (action, expected) in zip(game.actions, game.steps) {
                let reward = world.play(&state, isHit: action == 1, next)
                let seen = observation(world, state)
                let (total, card) = (seen[..<32].firstIndex(of: 1) ?? -1, (seen[32..<43].firstIndex(of: 1) ?? -1) - 32)
                #expect(
                    [Double(total), Double(card), Double(seen[44]), reward.value, reward.isTerminal ? 1 : 0]
                        == expected,
                    "\(game.cards)")
            }
            #expect(cards.count == game.left, "\(game.cards)")
        }
    }

    private func run(_ batch: any EnvironmentBatch, steps: Int) -> (rewards: [[Float]], episodes: [FinishedEpisode]) {
        var outcome = BatchOutcome()
        var (rewards, episodes): ([[Float]], [FinishedEpisode]) = ([], [])
        for _ in 0..<steps {
            let actions = batch.numbers.indices.flatMap { number -> [Float] in
                var random = batch.actionRandom(number - batch.numbers.lowerBound)
                switch batch.actionSpace {
                case .discrete(let count): return [Float(random.below(count))]
                case .continuous(let bounds):
                    return bounds.map { Float(random.uniform(in: Double($0.lowerBound)...Double($0.upperBound))) }
                }
            }
            actions.withUnsafeBufferPointer { batch.step($0, &outcome) }
            rewards.append(outcome.rewards)
            episodes += outcome.episodes
        }
        return (rewards, episodes)
    }

    @Test(
        "A batch steps each environment as if it were alone, and goes on where it was saved",
        arguments: EnvironmentName.allCases)
    func batches(name: EnvironmentName) {
        let world = name.environment
        let (all, part) = (world.batch(0..<5, seed: 3), world.batch(3..<5, seed: 3))
        let (both, own) = (run(all, steps: 60), run(part, steps: 60))
        #expect(own.rewards == both.rewards.map { Array($0[3...]) })
        let saved = all.save()
        #expect(saved.count == 5 * all.savedSize && saved.allSatisfy(\.isFinite))
        let later = world.batch(0..<5, seed: 3)
        later.restore(saved)
        #expect(later.save() == saved)
        #expect(run(later, steps: 20).rewards == run(all, steps: 20).rewards)
        var picture = Canvas(width: 40, height: 30)
        all.draw(0, on: &picture)
        #expect(Set(picture.pixels).count > 1, "something is drawn")
    }

    @Test("The time limit truncates an episode, and does not terminate it; the next one begins elsewhere")
    func truncation() {
        let batch = Pendulum().batch(0..<2, seed: 5, timeLimit: 7)
        var outcome = BatchOutcome()
        let actions: [Float] = [1, -1]
        var first = [Float](repeating: 0, count: 6)
        first.withUnsafeMutableBufferPointer { batch.observe(into: $0) }
        for step in 1...7 {
            actions.withUnsafeBufferPointer { batch.step($0, &outcome) }
            #expect(outcome.isTruncated == [step == 7, step == 7] && outcome.isTerminal == [false, false])
        }
        #expect(outcome.episodes.map(\.length) == [7, 7])
        var second = first
        second.withUnsafeMutableBufferPointer { batch.observe(into: $0) }
        #expect(second != first && second != outcome.observations)
    }

    /// 20 million words would be needed to notice a bias of 1e-3; a wrong range shows at once.
    @Test("Random numbers are keyed by (seed, environment, episode, step), uniform and normal")
    func randomNumbers() {
        func first(_ seed: UInt64, _ environment: Int, _ episode: Int, _ step: Int) -> UInt32 {
            var random = EnvironmentRandom(seed: seed, environment: environment, episode: episode, step: step)
            return random.nextWord()
        }
        let keys = [first(1, 0, 0, 0), first(2, 0, 0, 0), first(1, 1, 0, 0), first(1, 0, 1, 0), first(1, 0, 0, 1)]
        #expect(Set(keys).count == 5)
        var random = EnvironmentRandom(seed: 9, environment: 1, episode: 2, step: 3)
        let numbers = (0..<4000).map { _ in random.normal() }
        let mean = numbers.reduce(0, +) / 4000
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
        #expect(abs(mean) < 0.06 && abs(variance - 1) < 0.09)
        #expect(Set((0..<200).map { _ in random.below(5) }) == [0, 1, 2, 3, 4])
    }

    @Test("The expert drives whole laps, a car that goes straight on does not")
    func driving() {
        let batch = Driving().batch(0..<3, seed: 2)
        var outcome = BatchOutcome()
        var episodes: [FinishedEpisode] = []
        for _ in 0..<300 {
            let actions = (0..<3).flatMap { batch.expertAction($0) ?? [] }
            actions.withUnsafeBufferPointer { batch.step($0, &outcome) }
            episodes += outcome.episodes
        }
        // a lap of some 200 m has 250 steps of 0.8 m
        #expect(episodes.count == 3 && episodes.allSatisfy { $0.length == 300 && $0.return > 270 })
        let straight = Driving().batch(0..<3, seed: 2)
        episodes = []
        for _ in 0..<60 {
            [Float](repeating: 0, count: 3).withUnsafeBufferPointer { straight.step($0, &outcome) }
            episodes += outcome.episodes
        }
        #expect(episodes.count >= 3)
    }

    /// Kinetic energy of a double rod without friction stays; with it, it falls.
    @Test("A reacher without torque slows down, and its reward is minus the distance of its tip")
    func reacher() {
        let world = Reacher()
        let found = rows(world, from: [0.3, 1.1, 2, -1, 0.2, 0.5], [[Float]](repeating: [0, 0], count: 200))
        func energy(_ row: [Double]) -> Double {
            let (a, b, d) = (0.25 / 3 + 1.0 / 3, 0.125, 0.25 / 3)
            let c = cos(row[1])
            return 0.5 * (a + 2 * b * c) * row[2] * row[2] + (d + b * c) * row[2] * row[3] + 0.5 * d * row[3] * row[3]
        }
        let energies = found.map(energy)
        #expect(zip(energies, energies.dropFirst()).allSatisfy { $0 > $1 } && energies[199] < 0.1 * energies[0])
        for row in found {
            let tip = (
                0.5 * (cos(row[0]) + cos(row[0] + row[1])) - 0.2, 0.5 * (sin(row[0]) + sin(row[0] + row[1])) - 0.5
            )
            #expect(abs(row[6] + hypot(tip.0, tip.1)) < 1e-9)
        }
    }
}
