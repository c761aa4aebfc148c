import Foundation
import Messages

/// All that the checks find on some hosts.
public struct Diagnosis: Codable, Sendable, Equatable {
    /// The findings, in the order of the checks.
    public let findings: [Finding]

    /// The checks in their order.
    static let checks: [any HostCheck] = [
        ReachabilityCheck(), InstallationCheck(), MPIVersionCheck(), ProgramCheck(), DataCheck(), InstructionSetCheck(),
        ClockCheck(), NetworkCheck(), LinkCheck(), RunFolderCheck(), TemporaryFolderCheck(), SharedMemoryCheck(),
        CoresCheck(), QuotaCheck(), MemoryCheck(), OpenFilesCheck(), PeakCheck(),
    ]

    /// The findings on these hosts, the first of which is the one that keeps the records.
    public init(_ hosts: [HostFacts], _ request: DoctorRequest) {
        let known = hosts.filter { $0.failure == nil }
        findings = Self.checks.flatMap { check in
            check.findings(check is ReachabilityCheck ? hosts : known, request)
        }
    }

    /// Whether training will work: there is no error.
    public var works: Bool { findings.allSatisfy { $0.level < .error } }

    /// A table with a line for each finding, and for each remedy behind it; equal findings of several hosts are one.
    public var text: String {
        var groups: [(finding: Finding, hosts: [String])] = []
        for finding in findings {
            var key = finding
            key.host = nil
            if let index = groups.firstIndex(where: { $0.finding == key }) {
                groups[index].hosts += [finding.host].compactMap { $0 }
            } else {
                groups.append((key, [finding.host].compactMap { $0 }))
            }
        }
        let width = groups.map(\.finding.check.count).max() ?? 0
        let lines = groups.flatMap { finding, hosts -> [String] in
            let level = finding.level.rawValue.padded(to: 7)
            let place = hosts.isEmpty ? "" : "\(hosts.listed(limit: 5)): "
            let line = "\(level)  \(finding.check.padded(to: width))  \(place)\(finding.text)".printable.shortened(
                to: 600)
            return [line]
                + (finding.remedy.map { ["\("".padded(to: width + 9))  -> \($0)".printable.shortened(to: 600)] } ?? [])
        }
        return (lines + [conclusion]).joined(separator: "\n")
    }

    private var conclusion: String {
        func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }
        let (errors, warnings) = (count(.error), count(.warning))
        if errors > 0 {
            return
                "training will not work: \(Readable.count(errors, of: "error")), \(Readable.count(warnings, of: "warning"))"
        }
        return warnings > 0
            ? "training will work, with \(Readable.count(warnings, of: "warning"))" : "training will work"
    }

    /// The findings as JSON: `works`, and a list of `findings`.
    public var json: String {
        struct Object: Encodable {
            let works: Bool
            let findings: [Finding]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // texts and truth values can always be encoded
        let data = (try? encoder.encode(Object(works: works, findings: findings))) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
