import Communication
import DataParallel

/// What the measured steps of one rank consisted of, in milliseconds, step by step.
public struct RankSteps: Codable, Sendable, Equatable {
    /// The name of the rank's host.
    public let host: String
    /// The whole step: from the end of the optimizer's update to the end of the next one.
    public var milliseconds: [Double] = []
    /// Waiting for the data.
    public var data: [Double] = []
    /// Forward passes.
    public var forward: [Double] = []
    /// Backward passes.
    public var backward: [Double] = []
    /// Copying and adding gradients into buckets, and summing those of the ranks of a host, beside the backward passes.
    public var packing: [Double] = []
    /// Waiting for the reduction after the backward passes.
    public var exposedCommunication: [Double] = []
    /// Clipping and the optimizer.
    public var optimizer: [Double] = []
    /// Communication by another thread while backward went on.
    public var hiddenCommunication: [Double] = []

    /// No steps of a rank on `host`.
    public init(host: String) { self.host = host }

    /// The phases in their order, with their names.
    var phases: [(name: String, values: [Double])] {
        [
            ("data", data), ("forward", forward), ("backward", backward), ("packing", packing),
            ("exposed communication", exposedCommunication), ("optimizer", optimizer),
            ("hidden communication", hiddenCommunication),
        ]
    }

    mutating func append(
        milliseconds: Double, _ step: (data: Double, phases: DataParallelStep.Phases, optimizer: Double)
    ) {
        self.milliseconds.append(milliseconds)
        data.append(step.data)
        forward.append(step.phases.forward)
        backward.append(step.phases.backward)
        packing.append(step.phases.packing)
        exposedCommunication.append(step.phases.exposedCommunication)
        optimizer.append(step.optimizer)
        hiddenCommunication.append(step.phases.hiddenCommunication)
    }

    private static var columns: [WritableKeyPath<RankSteps, [Double]>] {
        [
            \.milliseconds, \.data, \.forward, \.backward, \.packing, \.exposedCommunication, \.optimizer,
            \.hiddenCommunication,
        ]
    }

    /// The steps of every rank, by rank. *Collective.*
    static func gather(_ own: RankSteps, over communicator: any Communicator) throws -> [RankSteps] {
        let hosts = try communicator.allGather(own.host)
        var all = hosts.map { RankSteps(host: $0) }
        for column in columns {
            for (rank, values) in try communicator.allGather(own[keyPath: column]).enumerated() {
                all[rank][keyPath: column] = values
            }
        }
        return all
    }
}
