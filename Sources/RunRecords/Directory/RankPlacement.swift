/// The placement of a rank on a host, for the header and `manifest.json`.
public struct RankPlacement: Codable, Sendable, Equatable {
    /// The rank.
    public var rank: Int
    /// The name of its host.
    public var host: String
    /// The processors that it may run on, such as `0-3,8`; nil if the system does not report it.
    public var cores: String?
    /// How many threads can run there at the same time: the processors of the mask, or less by a control group's quota.
    public var room: Int
    /// Its threads.
    public var threads: Int
    /// The model of the processor.
    public var processor: String?
    /// The instruction set that the kernels use there.
    public var instructionSet: String

    /// The placement of rank `rank`.
    package init(
        rank: Int, host: String, cores: String?, room: Int, threads: Int, processor: String?, instructionSet: String
    ) {
        (self.rank, self.host, self.cores, self.room) = (rank, host, cores, room)
        (self.threads, self.processor, self.instructionSet) = (threads, processor, instructionSet)
    }

    private enum CodingKeys: String, CodingKey {
        case rank, host, cores, room, threads, processor
        case instructionSet = "instruction_set"
    }
}
