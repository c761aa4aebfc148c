/// A communicator of one rank: training without a launcher.
public struct SoloCommunicator: Communicator {
    /// Always 0.
    public var rank: Int { 0 }

    /// Always 1.
    public var size: Int { 1 }

    /// The only rank there is.
    public init() {}

    /// Copies from sends to receives, in the order of each tag.
    ///
    /// *Local.* Throws `CommunicationError.noCounterpart` where one of them has no partner.
    public func exchange(_ transfers: [Transfer], pacing: Pacing) throws {
        requireValid(transfers)
        if let mismatch = try exchangeWithSelf(transfers).mismatch { throw mismatch }
    }

    /// Nothing to do.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        requireValid(root: root)
    }

    /// The bytes given.
    public func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] { [bytes] }

    /// Nothing to wait for.
    public func barrier() throws {}

    /// Itself, or `nil` where the color is `nil`.
    public func split(color: Int?, key: Int) throws -> (any Communicator)? {
        requireValid(color: color, key: key)
        return color == nil ? nil : self
    }
}
