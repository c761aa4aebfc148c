import Foundation
import Messages

/// The hosts of a hostfile, asked over ssh, without MPI.
public struct RemoteHosts: Sendable {
    /// A line of a hostfile.
    package struct Host: Equatable, Sendable {
        /// The name for ssh, with a user's name before an @ where there is one.
        package var name: String
        /// Its ranks; 0 for one on each core.
        package var slots: Int

        package init(name: String, slots: Int) { (self.name, self.slots) = (name, slots) }
    }

    private let hosts: [Host]
    private let probe: HostProbe
    private let program: ProgramFacts

    /// The hosts of the file at `path`.
    public init(hostfile path: String, of program: ProgramFacts, probe: HostProbe = .live) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HostfileError(path, "it cannot be read")
        }
        hosts = try Self.parse(text, path)
        (self.probe, self.program) = (probe, program)
    }

    /// The hosts in the text of a hostfile, each once.
    package static func parse(_ text: String, _ path: String) throws -> [Host] {
        var hosts: [Host] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline }).enumerated()
        {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: { $0.isWhitespace })
            guard let name = words.first.map(String.init) else { continue }
            // a name that began with a dash would be an option of ssh
            guard name.wholeMatch(of: /([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_][A-Za-z0-9_.-]*/) != nil else {
                throw HostfileError(
                    path,
                    "line \(index + 1) has \(name.shortened(to: 60).debugDescription) in the place of a host's name")
            }
            let slots =
                words.dropFirst().lazy.compactMap { $0.hasPrefix("slots=") ? Int($0.dropFirst(6)) : nil }.first ?? 0
            if let known = hosts.firstIndex(where: { $0.name == name }) {
                hosts[known].slots += slots
            } else {
                hosts.append(Host(name: name, slots: max(0, slots)))
            }
        }
        guard !hosts.isEmpty else { throw HostfileError(path, "it names no host; a line reads: node1 slots=4") }
        return hosts
    }

    /// What the hosts say of themselves, all at once.
    public func facts(_ request: DoctorRequest) -> [HostFacts] {
        var request = request
        let marker = Marker(in: request.runs)
        request.marker = marker?.path
        let asked = request
        let tasks = hosts.map { host in Answering { ask(host, asked) } }
        let facts = zip(hosts, tasks).map { host, task in ranked(task.value, host) }
        withExtendedLifetime(marker) {}
        return facts
    }

    private func ask(_ host: Host, _ request: DoctorRequest) -> HostFacts {
        var unknown = HostFacts(host: host.name)
        unknown.alias = host.name
        // the data may be large
        let limit = request.data.isEmpty ? 60.0 : 1200
        let words = [program.path, "doctor", "--facts", Self.encoded(request)]
        let before = probe.now()
        guard let time = ssh(host, ["date", "+%s.%N"], 15) else {
            unknown.failure = "it does not answer ssh within 15 s"
            return unknown
        }
        let after = probe.now()
        guard time.code == 0 else {
            unknown.failure = "ssh fails: \(Self.lastLine(time.output))"
            return unknown
        }
        guard let answer = ssh(host, words, limit) else {
            unknown.failure = "the program does not answer within \(Int(limit)) s"
            return unknown
        }
        guard answer.code == 0, var facts = Self.facts(in: answer.output) else {
            unknown.failure = "\(program.path) does not run there: \(Self.lastLine(answer.output))"
            return unknown
        }
        facts.alias = host.name
        if let clock = Double(Self.lastLine(time.output)) {
            (facts.clockOffset, facts.clockError) = ((before + after) / 2 - clock, (after - before) / 2)
        }
        return facts
    }

    /// Runs a command on a host, which may be this one.
    private func ssh(_ host: Host, _ words: [String], _ limit: Double) -> HostProbe.Answer? {
        if ["localhost", probe.hostName()].contains(host.name) { return probe.run(words, limit) }
        let options = (probe.variable("OMPI_MCA_plm_rsh_args") ?? "").split(separator: " ").map(String.init)
        return probe.run(
            ["ssh"] + options + ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "--", host.name]
                + [words.map(Self.quoted).joined(separator: " ")], limit)
    }

    /// The word for a shell: ssh hands the command to one.
    package static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: #"'\''"#) + "'" }

    private static func encoded(_ request: DoctorRequest) -> String {
        // texts and truth values can always be encoded
        String(decoding: (try? JSONEncoder().encode(request)) ?? Data(), as: UTF8.self)
    }

    /// The facts in what a host has printed, among other lines, such as a greeting.
    package static func facts(in output: String) -> HostFacts? {
        let line = output.split(separator: "\n").last { $0.hasPrefix(linePrefix) }
        return line.flatMap {
            try? JSONDecoder().decode(HostFacts.self, from: Data($0.dropFirst(linePrefix.count).utf8))
        }
    }

    /// What the line with the facts begins with.
    public static let linePrefix = "lockstep facts: "

    private static func lastLine(_ text: String) -> String {
        (text.split(whereSeparator: \.isNewline).last.map(String.init) ?? "without a word").shortened(to: 300)
    }

    /// The facts with the ranks that the hostfile gives the host, each of which may use all its cores.
    private func ranked(_ facts: HostFacts, _ host: Host) -> HostFacts {
        var facts = facts
        guard let one = facts.ranks.first else { return facts }
        let count = host.slots > 0 ? host.slots : max(1, one.processors.count / max(1, one.threads))
        facts.ranks = (0..<count).map { number in
            var rank = one
            rank.rank = number
            return rank
        }
        return facts
    }
}

/// A value that a thread of its own computes.
///
/// `@unchecked Sendable`: the value is read and written with `condition` locked only.
private final class Answering<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var answer: Value?

    init(_ body: @escaping @Sendable () -> Value) {
        Thread.detachNewThread { [self] in
            let value = body()
            condition.withLock { answer = value }
            condition.broadcast()
        }
    }

    /// The value, once it is there.
    var value: Value {
        condition.withLock {
            while true {
                if let answer { return answer }
                condition.wait()
            }
        }
    }
}

/// A hostfile that cannot be used.
struct HostfileError: Error, CustomStringConvertible {
    let path, problem: String
    init(_ path: String, _ problem: String) { (self.path, self.problem) = (path, problem) }
    var description: String { "cannot use the hostfile \(path): \(problem)" }
}
