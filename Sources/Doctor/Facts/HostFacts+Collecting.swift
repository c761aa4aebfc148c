import Machine

/// What the program knows of itself on every host.
public struct ProgramFacts: Sendable {
    /// The path of its file, its version, the MPI library that it uses and the instruction set of its kernels.
    var path, version, library, instructionSet: String

    /// These facts.
    public init(path: String, version: String, library: String, instructionSet: String) {
        (self.path, self.version, self.library, self.instructionSet) = (path, version, library, instructionSet)
    }
}

extension HostFacts {
    /// What the host of `probe` says of itself.
    package init(_ probe: HostProbe, _ program: ProgramFacts, _ request: DoctorRequest) {
        self.init(host: probe.hostName())
        (self.program, programVersion) = (program.path, program.version)
        (library, instructionSet) = (program.library, program.instructionSet)
        launcher = probe.run(["mpirun", "--version"], 10).flatMap { Self.launcherVersion($0.output) }
        missingLibraries = probe.run(["ldd", program.path], 20).map { Self.missingLibraries($0.output) }
        programHash = Self.hash(program.path, probe)
        dataHashes = Self.hashes(request.data, probe)
        sharedMemory = Self.folder("/dev/shm", probe)
        let names = ["OMPI_MCA_orte_tmpdir_base", "TMPDIR", "TEMP", "TMP"]
        temporary = Self.folder(names.lazy.compactMap { probe.variable($0) }.first ?? "/tmp", probe)
        runs = Self.folder(Self.existing(request.runs, probe), probe)
        if let marker = request.marker { runs?.seesMarker = probe.exists(marker) }
        (machineProcessors, quota) = (probe.machineProcessors(), probe.processors().quota)
        let memory = probe.memory()
        (memoryBytes, memorySource) = (memory.bytes, memory.source)
        (openFiles, interfaces) = (probe.openFiles(), probe.interfaces())
        clock = probe.now()
    }

    private static func folder(_ path: String, _ probe: HostProbe) -> Folder {
        let (refusal, hasLocks) = probe.tryFolder(path)
        return Folder(path: path, refusal: refusal, freeBytes: probe.freeBytes(path), hasLocks: hasLocks)
    }

    /// The path, or the lowest folder above it that there is.
    private static func existing(_ path: String, _ probe: HostProbe) -> String {
        var path = path
        while !probe.exists(path), let slash = path.lastIndex(of: "/") {
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return probe.exists(path) ? path : "."
    }

    /// The version in `mpirun (Open MPI) 4.1.4`, as the library says it.
    static func launcherVersion(_ output: String) -> String? {
        let line = output.split(separator: "\n").first.map(String.init) ?? ""
        if let match = line.firstMatch(of: /\(Open MPI\) (\S+)/) { return "Open MPI v\(match.1)" }
        return line.isEmpty ? nil : String(line.prefix(100))
    }

    /// The libraries of the lines `libopenblas.so.0 => not found` of ldd(1).
    static func missingLibraries(_ output: String) -> [String] {
        output.split(separator: "\n").compactMap { line in
            line.hasSuffix("=> not found") ? line.split(whereSeparator: \.isWhitespace).first.map(String.init) : nil
        }
    }

    /// SHA-256 by sha256sum(1); nil where it fails.
    private static func hash(_ path: String, _ probe: HostProbe) -> String? {
        guard let answer = probe.run(["sha256sum", "--", path], 600), answer.code == 0 else { return nil }
        // a name with a backslash or a line feed is escaped, and the line begins with a backslash then
        let word = answer.output.drop { $0 == "\\" }.prefix(64)
        return word.count == 64 && word.allSatisfy(\.isHexDigit) ? String(word) : nil
    }

    /// The most files of the data that are compared.
    private static let mostFiles = 1000

    private static func hashes(_ paths: [String], _ probe: HostProbe) -> [String: String] {
        paths.flatMap { probe.files($0, mostFiles) }.prefix(mostFiles).reduce(into: [:]) { hashes, path in
            hashes[path] = hash(path, probe)
        }
    }
}
