/// Environments of one kind that step together.
public final class VectorEnvironment<World: Environment>: EnvironmentBatch {
    private struct Member {
        var state: World.State
        var episode = 0
        var step = 0
        var sum = 0.0
    }

    public let numbers: Range<Int>
    private let world: World
    private let seed: UInt64
    private let timeLimit: Int
    private var members: [Member] = []
    private let numbered: (any NumberedStates)?

    /// Environments in the first state of their first episode.
    /// - Parameter timeLimit: steps after which an episode is truncated, unless the environment's own limit is lower.
    public init(_ world: World, _ numbers: Range<Int>, seed: UInt64, timeLimit: Int? = nil) {
        (self.world, self.numbers, self.seed) = (world, numbers, seed)
        self.timeLimit = min(world.timeLimit ?? .max, timeLimit ?? .max)
        numbered = world as? any NumberedStates
        begin(episode: 0)
    }

    public var observationSize: Int { world.observationSize }
    public var actionSpace: ActionSpace { world.actionSpace }
    public var savedSize: Int { 3 + World.State.size }

    private func random(_ index: Int, _ episode: Int, _ step: Int) -> EnvironmentRandom {
        EnvironmentRandom(seed: seed, environment: numbers.lowerBound + index, episode: episode, step: step)
    }

    /// The episode before its first step, which is step 0 of its random numbers.
    private func start(_ index: Int, _ episode: Int) -> Member {
        var random = random(index, episode, 0)
        return Member(state: world.initialState(&random), episode: episode)
    }

    public func begin(episode: Int) { members = numbers.indices.map { start($0 - numbers.lowerBound, episode) } }

    public func observe(into observations: UnsafeMutableBufferPointer<Float>) {
        let size = world.observationSize
        for (index, member) in members.enumerated() {
            world.observe(
                member.state,
                into: UnsafeMutableBufferPointer(rebasing: observations[index * size..<(index + 1) * size]))
        }
    }

    public func step(_ actions: UnsafeBufferPointer<Float>, _ outcome: inout BatchOutcome) {
        let (count, size, width) = (members.count, world.observationSize, world.actionSpace.size)
        if outcome.rewards.count != count || outcome.observations.count != count * size {
            outcome.rewards = [Float](repeating: 0, count: count)
            outcome.isTerminal = [Bool](repeating: false, count: count)
            outcome.isTruncated = outcome.isTerminal
            outcome.observations = [Float](repeating: 0, count: count * size)
            outcome.states = numbered == nil ? [] : [Int](repeating: 0, count: count)
        }
        outcome.episodes.removeAll(keepingCapacity: true)
        outcome.observations.withUnsafeMutableBufferPointer { observations in
            for index in 0..<count {
                var random = random(index, members[index].episode, members[index].step + 1)
                let reward = world.step(
                    &members[index].state, UnsafeBufferPointer(rebasing: actions[index * width..<(index + 1) * width]),
                    &random)
                members[index].step += 1
                members[index].sum += reward.value
                let isTruncated = !reward.isTerminal && members[index].step >= timeLimit
                outcome.rewards[index] = Float(reward.value)
                outcome.isTerminal[index] = reward.isTerminal
                outcome.isTruncated[index] = isTruncated
                world.observe(
                    members[index].state,
                    into: UnsafeMutableBufferPointer(rebasing: observations[index * size..<(index + 1) * size]))
                if let number = stateNumber(index) { outcome.states[index] = number }
                if reward.isTerminal || isTruncated {
                    outcome.episodes.append(
                        FinishedEpisode(index: index, return: members[index].sum, length: members[index].step))
                    members[index] = start(index, members[index].episode + 1)
                }
            }
        }
    }

    public func actionRandom(_ index: Int) -> EnvironmentRandom {
        EnvironmentRandom(
            seed: seed, environment: numbers.lowerBound + index, episode: members[index].episode,
            step: members[index].step, purpose: .action)
    }

    public func save() -> [Double] {
        members.flatMap { [Double($0.episode), Double($0.step), $0.sum] + $0.state.values }
    }

    public func restore(_ saved: [Double]) {
        members = numbers.indices.map { number in
            let row = saved[(number - numbers.lowerBound) * savedSize..<(number - numbers.lowerBound + 1) * savedSize]
            let start = row.startIndex
            // a count of a damaged file must not trap
            func count(_ value: Double) -> Int { Int(value.clamped(to: 0...0x1p52)) }
            return Member(
                state: World.State(values: row.dropFirst(3)), episode: count(row[start]), step: count(row[start + 1]),
                sum: row[start + 2])
        }
    }

    public func draw(_ index: Int, on canvas: inout Canvas) { world.draw(members[index].state, on: &canvas) }

    public func stateNumber(_ index: Int) -> Int? {
        func number<Numbered: NumberedStates>(_ world: Numbered) -> Int? {
            (members[index].state as? Numbered.State).map(world.number)
        }
        return numbered.flatMap { number($0) }
    }

    public func expertAction(_ index: Int) -> [Float]? {
        func action<Expert: ExpertEnvironment>(_ world: Expert) -> [Float]? {
            (members[index].state as? Expert.State).map(world.expertAction)
        }
        return (world as? any ExpertEnvironment).flatMap { action($0) }
    }
}
