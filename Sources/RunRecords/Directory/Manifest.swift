public import Foundation

/// The contents of `manifest.json`: command, hosts, versions and data of each start of a run.
public struct Manifest: Codable, Sendable, Equatable {
    /// One start of the run, the first or a later one that resumed it.
    public struct Start: Codable, Sendable, Equatable {
        /// When, in ISO 8601.
        public var started: String
        /// Steps that were already done.
        public var step: Int
        /// Version of the program.
        public var version: String
        /// Revision of its source, if known.
        public var revision: String?
        /// The command, word by word.
        public var commandLine: [String]
        /// Name of each host that holds ranks.
        public var hosts: [String]
        /// Processes that train together.
        public var ranks: Int
        /// Threads of each rank.
        public var threads: Int
        /// Where each rank runs: host, cores, threads, processor and instruction set; not in manifests of earlier
        /// versions.
        public var placement: [RankPlacement]?
        /// Version of each library in use.
        public var libraries: [String: String]
        /// The data in a few words.
        public var data: String?
        /// Their checksums by part, such as `training`.
        public var dataChecksums: [String: String]?
        /// The settings that a resumed run has changed, each as `key: old -> new`; nil if there are none.
        public var changed: [String]?

        /// One start, at the present time unless another is given.
        public init(
            at date: Date = Date(), step: Int = 0, version: String, revision: String?, commandLine: [String],
            hosts: [String], ranks: Int, threads: Int, libraries: [String: String], data: String? = nil,
            dataChecksums: [String: String] = [:], changed: [String] = []
        ) {
            started = date.formatted(.iso8601)
            self.step = step
            self.version = version
            self.revision = revision
            self.commandLine = commandLine
            self.hosts = hosts
            self.ranks = ranks
            self.threads = threads
            self.libraries = libraries
            self.data = data
            self.dataChecksums = dataChecksums.isEmpty ? nil : dataChecksums
            self.changed = changed.isEmpty ? nil : changed
        }

        private enum CodingKeys: String, CodingKey {
            case started, step, version, revision, hosts, ranks, threads, placement, libraries, data, changed
            case dataChecksums = "data_checksums"
            case commandLine = "command_line"
        }
    }

    /// Name of the recipe.
    public var recipe: String
    /// Seed of all random numbers.
    public var seed: UInt64
    /// Logical shards of the global batch, as resolved at the first start.
    public var shards: Int
    /// Every start, the first one first.
    public var starts: [Start]

    /// The manifest of a run.
    public init(recipe: String, seed: UInt64, shards: Int, starts: [Start]) {
        self.recipe = recipe
        self.seed = seed
        self.shards = shards
        self.starts = starts
    }

    /// Reads the file at `path`.
    public init(path: String) throws(RunLogError) {
        self = try FileContents.decode(Manifest.self, path, what: "the manifest of a run")
    }

    /// The manifest as JSON.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // texts and whole numbers can always be encoded
        guard let data = try? encoder.encode(self) else { fatalError("manifest cannot be encoded: \(self)") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension RunDirectory {
    /// Adds `start` to the manifest, which is made for the first one and replaced as a whole.
    /// An error if the recipe, the seed or the number of shards is not the manifest's.
    public func record(
        _ start: Manifest.Start, recipe: String, seed: UInt64, shards: Int
    ) throws(RunLogError) {
        var manifest = Manifest(recipe: recipe, seed: seed, shards: shards, starts: [])
        if FileContents.exists(manifestPath) {
            manifest = try Manifest(path: manifestPath)
            for (name, saved, now) in [
                ("recipe", manifest.recipe, recipe), ("seed", "\(manifest.seed)", "\(seed)"),
                ("shards", "\(manifest.shards)", "\(shards)"),
            ] where saved != now {
                throw .malformed(path: manifestPath, problem: "its \(name) is \(saved), and the run's is \(now)")
            }
        }
        manifest.starts.append(start)
        try FileContents.replace(manifestPath, with: Data(manifest.json.utf8))
    }
}
