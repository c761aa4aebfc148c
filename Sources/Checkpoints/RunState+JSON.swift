extension RunState {
    /// The most bytes of a `state.json`: more is neither written nor read.
    static let longest = 1 << 28

    /// The text of `state.json`: keys sorted, so that equal states have equal bytes.
    func json(for path: String) throws(CheckpointError) -> [UInt8] {
        let bytes = try JSONFile.encode(self, for: path)
        guard bytes.count <= Self.longest else {
            throw .unusable(
                path: path, found: "\(bytes.count) bytes of settings and vocabularies",
                expected: "at most \(Self.longest); use a smaller vocabulary")
        }
        return bytes
    }

    /// The state in the bytes of `state.json`, read from `path`, with every number examined.
    package init(json: [UInt8], path: String) throws(CheckpointError) {
        struct Format: Decodable { let formatVersion: Int }
        let what = "a run state in JSON"
        let format = try JSONFile.decode(Format.self, from: json, path: path, what: what).formatVersion
        guard format == Self.currentFormatVersion else {
            throw .unusable(
                path: path, found: "checkpoint format \(format)",
                expected: "format \(Self.currentFormatVersion), which this version of Lockstep writes")
        }
        self = try JSONFile.decode(RunState.self, from: json, path: path, what: what)
        do throws(Flaw) { try validate() } catch { throw error.error(in: path) }
    }
}
