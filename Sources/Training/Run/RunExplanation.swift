import Checkpoints
import Communication
import DataParallel
import Datasets
import Machine
import Optimizers
import TensorEngine
import Messages

/// What a run would do, before its first step.
public struct RunExplanation: Sendable, Equatable {
    /// Name of the recipe.
    public let recipe: String
    /// The lines in their order: what each is about, and what there is to say.
    public let rows: [Row]

    /// One line.
    public struct Row: Sendable, Equatable {
        /// What it is about, such as `learning rate`.
        public let name: String
        /// What there is to say.
        public let text: String
    }

    private func text(of name: String) -> String? { rows.first { $0.name == name }?.text }
    /// The course of the learning rate in words.
    var learningRate: String? { text(of: "learning rate") }
    /// What the ranks reduce in each step.
    var gradients: String? { text(of: "gradients") }
    /// What they exchange instead of gradients.
    var exchange: String? { text(of: "exchange") }
}

extension AssembledRun {
    private var communicator: any Communicator { context.communicator }
    private var sampler: ShardedSampler { setup.length.sampler }
    private var lastStep: Int { source.lastStep }

    /// What this run does. *Local.*
    /// - Parameter dataBytes: of the data that a host holds.
    func explanation(dataBytes: Int = 0) -> RunExplanation {
        let samples = (0..<communicator.size).map(samplesOfRank)
        let (least, most) = (samples.min() ?? 0, samples.max() ?? 0)
        let perRank = least == most ? Readable.count(most) : "\(Readable.count(least)) to \(Readable.count(most))"
        let shards = sampler.step(at: 0).shards.map(\.count)
        let sizes = shards.max().map { most in
            " of " + (shards.min() == most ? "" : "at most ") + Readable.count(most)
        }
        let rows: [(String, String)] =
            [
                ("model", "\(task.modelSummary), \(Readable.count(parameterCount)) parameters"),
                ("data", task.dataSummary),
            ] + task.dataNotes.map { ("", $0) } + [
                (
                    "ranks",
                    "\(Readable.count(communicator.size)) of \(Readable.count(settings.threads, of: "thread")), \(perRank) samples of each step on each"
                ),
                (
                    "global batch",
                    "\(Readable.count(shards.reduce(0, +), of: "sample")) in \(Readable.count(sampler.shards, of: "shard"))\(sizes ?? "")"
                ),
                ("length", lengthText),
            ] + optimizerRows + [
                rule.exchange.map { ("exchange", $0.summary) }
                    ?? (
                        "gradients", [gradientsText, settings.gradientsText].compactMap { $0 }.joined(separator: "; ")
                    ),
                ("memory", memoryText(dataBytes)),
            ]
        return RunExplanation(recipe: settings.recipe, rows: rows.map { .init(name: $0, text: $1) })
    }

    private var optimizerRows: [(String, String)] {
        guard rule.followsOptimizer else { return [] }
        let rate = settings.rateText(learner.schedule, lastStep: lastStep, globalBatch: sampler.globalBatch)
        return [("optimizer", settings.optimizer.name), ("learning rate", rate)]
    }

    private func samplesOfRank(_ rank: Int) -> Int {
        let first = sampler.step(at: 0)
        return setup.plan.run(of: rank).reduce(0) { $0 + first.part(ofShard: $1).count }
    }

    private var lengthText: String {
        if setup.length.endsWithData { return "until the data end, at most \(Readable.count(lastStep, of: "step"))" }
        let last = sampler.count - (sampler.stepsPerEpoch - 1) * sampler.globalBatch
        let short = last < sampler.globalBatch ? ", the last of \(Readable.count(last, of: "sample"))" : ""
        let epochs = Double(setup.length.lastSample) / Double(sampler.count)
        return
            "\(Readable.count(lastStep, of: "step")), \(Readable.count(sampler.stepsPerEpoch)) in an epoch\(short); \(Readable.rate(epochs)) epochs"
    }

    private var gradientsText: String {
        let buckets = learner.dataParallel.bucketTimings.map(\.bytes)
        let bytes = buckets.reduce(0, +)
        let what = "\(Readable.bytes(bytes)) in \(Readable.count(buckets.count, of: "bucket"))"
        let (ranks, hosts) = (communicator.size, Set(context.hostnames).count)
        if settings.local.steps > 0 {
            return
                "\(what), summed by the ranks of each worker; the weights of all workers are averaged every \(Readable.count(settings.local.steps, of: "step"))"
        }
        guard ranks > 1 else { return "\(what), on one rank: nothing is sent" }
        let sent = { (parties: Int) in
            Readable.bytes(Int(2 * Double(parties - 1) / Double(parties) * Double(bytes)))
        }
        if let zero = learner.weights.zero { return "\(what), \(zeroText(zero, bytes, hosts: hosts))" }
        switch learner.dataParallel.path {
        case .sharedMemory: return "\(what), summed each step in memory that the ranks share"
        case .hosts:
            return
                "\(what), summed each step in shared memory within each host; each of \(hosts) hosts sends \(sent(hosts))"
        default: return "\(what), summed each step by messages: each rank sends \(sent(ranks))"
        }
    }

    /// What hosts divide among them, and what each sends for it.
    private func zeroText(_ zero: ZeroExchange, _ bytes: Int, hosts: Int) -> String {
        let parties = zero.partition.parties
        let party = learner.weights.memory == nil ? "rank" : "host"
        let part = Readable.bytes(bytes / parties * (parties - 1))
        let sums = settings.communication.zero == .gradients ? "their sums and " : ""
        let state = optimizerBytes
        return
            "reduce-scattered each step: each of \(parties) \(party)s sends \(part) of them, and \(part) of updated weights; ZeRO divides \(sums)the optimizer's state: \(Readable.bytes(state.held)) of \(Readable.bytes(state.whole)) on this \(party)"
    }

    /// The optimizers' state: what is kept here, and all of it.
    private var optimizerBytes: (held: Int, whole: Int) {
        parts.compactMap { ($0 as? OptimizerPersistence)?.bytes }.reduce((0, 0)) { ($0.0 + $1.held, $0.1 + $1.whole) }
    }

    private func memoryText(_ dataBytes: Int) -> String {
        let width = MemoryLayout<Float>.stride
        let weights = parameterCount * width
        let state = parts.flatMap(\.stateTensors)
        let saved = state.reduce(0) { $0 + $1.shape.reduce(1, *) } * width
        let optimizer = saved - optimizerBytes.whole + optimizerBytes.held
        let gradients = rule.learners.reduce(0) { $0 + $1.dataParallel.gradientBytes }
        let isShared = learner.weights.memory != nil && communicator.size > 1
        let ranks = context.hostnames.count { $0 == context.hostnames[communicator.rank] }
        let copy = settings.checkpoint.background ? weights + saved : 0
        let all = (weights + optimizer) * (isShared ? 1 : ranks) + copy + gradients * ranks + dataBytes
        let limit = MemoryLimit.total(processes: ranks)
        let place = isShared ? "once for each host" : "on each rank"
        let saving = copy > 0 ? "; a copy of both on rank 0, to save in the background (checkpoint.background)" : ""
        let data = dataBytes > 0 ? "; data \(Readable.bytes(dataBytes)), once for each host" : ""
        return
            "weights \(Readable.bytes(weights)) and optimizer with averages \(Readable.bytes(optimizer)), \(place); gradients \(Readable.bytes(gradients)) for each sum of shards that a rank keeps\(saving)\(data); and what a shard's forward pass keeps: in all more than \(Readable.bytes(all)) on a host, of \(Readable.bytes(limit.bytes)) that \(limit.source) allows"
    }
}

extension Settings {
    /// The course of the learning rate in words.
    func rateText(_ schedule: LearningRateSchedule, lastStep: Int, globalBatch: Int) -> String {
        guard !usesSecondOrder else { return "found along a line in each step" }
        var words = Readable.significant(optimizer.learningRate)
        let highest = Readable.significant(highestRate(globalBatch: globalBatch))
        switch self.schedule.scaling {
        case .none: break
        case .linear: words += " x \(globalBatch)/\(self.schedule.baseBatch) = \(highest)"
        case .squareRoot: words += " x sqrt(\(globalBatch)/\(self.schedule.baseBatch)) = \(highest)"
        }
        let length = self.schedule.steps ?? lastStep
        let warmup = warmupSteps(of: length)
        if self.schedule.warmupSteps > 0 {
            words += ", reached over \(Readable.count(warmup, of: "step"))"
            if warmup < self.schedule.warmupSteps {
                words +=
                    " (half of the \(Readable.count(length)); schedule.warmup_steps is \(Readable.count(self.schedule.warmupSteps)))"
            }
        }
        if self.schedule.name == .constant { return words + ", then constant" }
        if self.schedule.name == .plateau { return words + ", then lower where the test loss stops falling" }
        return words
            + ", then \(self.schedule.name.rawValue.replacing("_", with: " "))"
            + (length == lastStep ? "" : " over \(Readable.count(length, of: "step"))")
            + ": \(Readable.significant(schedule.rate(step: lastStep))) in the last step"
    }
}

extension Settings {
    /// What is made of the shards' gradients in a few words; nil for their sum.
    fileprivate var gradientsText: String? {
        switch compression.name {
        case .none: communication.combination == .adasum ? "combined by Adasum" : nil
        case .bf16, .fp16: "summed in \(compression.name.rawValue)"
        case .topK: "the largest \(Readable.percent(compression.share)) of each tensor, with error feedback"
        case .powerSGD: "PowerSGD of rank \(compression.rank), with error feedback"
        case .sign: "signs, with error feedback"
        }
    }
}
