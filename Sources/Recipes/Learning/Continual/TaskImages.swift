import Datasets
import Kernels

/// Images of a sequence of classification tasks: sample by sample a task and one of its images.
struct TaskImages: Dataset {
    /// The tasks.
    let tasks: ImageTasks
    /// For each sample task · images + image.
    private let codes: [UInt32]
    /// Of a stream of training samples, those of each task, and what is replayed of former ones.
    private let samplesPerTask: Int
    private let memory: ReplayMemory?

    /// Some samples.
    struct Batch: Sendable {
        /// The numbers of the samples.
        let samples: [Int]
        /// The task that is learned, from 0; in tests that of the first sample.
        let phase: Int
        /// The images and what to say of them.
        let current: TaskBatch
        /// Of former tasks as many, unless this is the first or nothing is replayed.
        let replayed: TaskBatch?
    }

    /// All images of all tasks, task by task.
    init(all tasks: ImageTasks) {
        self.tasks = tasks
        codes = tasks.members.joined().map { $0 }
        (samplesPerTask, memory) = (0, nil)
    }

    /// `samplesPerTask` samples of each task, pass by pass in random order; where it `isJoint`, of the former tasks, too.
    init(_ tasks: ImageTasks, samplesPerTask: Int, isJoint: Bool, memory: ReplayMemory?, seed: UInt64) {
        (self.tasks, self.samplesPerTask, self.memory) = (tasks, samplesPerTask, memory)
        var codes: [UInt32] = []
        codes.reserveCapacity(tasks.count * samplesPerTask)
        for phase in 0..<tasks.count {
            let pool = isJoint ? Array(tasks.members[0...phase].joined()) : tasks.members[phase]
            let end = (phase + 1) * samplesPerTask
            var pass = 0
            while codes.count < end {
                let order = Self.shuffled(pool, seed: seed, stream: UInt64(phase) << 32 | UInt64(pass))
                codes += order.prefix(end - codes.count)
                pass += 1
            }
        }
        self.codes = codes
    }

    var count: Int { codes.count }
    var checksum: UInt32? { tasks.images.checksum }

    func batch(of samples: [Int]) -> Batch {
        let chosen = samples.map { codes[$0] }
        let isStream = samplesPerTask > 0
        let phase = isStream ? samples[0] / samplesPerTask : tasks.task(of: chosen[0])
        let replayed = memory.flatMap { phase > 0 ? $0.draw(samples, phase: phase) : nil }
        return Batch(
            samples: samples, phase: phase, current: tasks.batch(of: chosen), replayed: replayed.map(tasks.batch))
    }

    /// The first of the images of a task in random order: for what is estimated by some of them.
    func sample(ofTask phase: Int, atMost limit: Int, seed: UInt64) -> [UInt32] {
        let members = tasks.members[phase]
        guard limit > 0, limit < members.count else { return members }
        return Array(Self.shuffled(members, seed: seed, stream: 1 << 62 | UInt64(phase)).prefix(limit))
    }

    private static func shuffled(_ codes: [UInt32], seed: UInt64, stream: UInt64) -> [UInt32] {
        var (codes, random) = (codes, PhiloxGenerator(seed: seed, purpose: .sampling, stream: stream))
        random.shuffle(&codes)
        return codes
    }
}

/// The samples of former tasks that are replayed: of each those with the lowest keys, which depend on (seed, sample) alone. So
/// whoever asks has the same memory, and the share of a task loses samples and gets no others as tasks are added.
struct ReplayMemory: Sendable {
    /// Of each task the samples in the order of their keys, as many as a memory of one task has.
    private let kept: [[UInt32]]
    private let capacity: Int
    private let seed: UInt64

    /// A memory of `capacity` samples.
    init(_ tasks: ImageTasks, capacity: Int, seed: UInt64) {
        (self.capacity, self.seed) = (capacity, seed)
        kept = tasks.members.map { members in
            let keyed = members.map { code -> (key: UInt64, code: UInt32) in
                var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: 1 << 61 | UInt64(code))
                return (random.next(), code)
            }
            return keyed.sorted { ($0.key, $0.code) < ($1.key, $1.code) }.prefix(capacity).map(\.code)
        }
    }

    /// The codes that are kept of the tasks before `phase`, of each equally many.
    func codes(phase: Int) -> [UInt32] { kept[..<phase].flatMap { $0.prefix(max(1, capacity / max(1, phase))) } }

    /// A kept sample for each of these, with replacement.
    func draw(_ samples: [Int], phase: Int) -> [UInt32] {
        let kept = codes(phase: phase)
        return samples.map { sample in
            var random = PhiloxGenerator(seed: seed, purpose: .sampling, stream: 1 << 60 | UInt64(sample))
            return kept[random.index(below: kept.count)]
        }
    }
}
