/// One thing that is examined on all hosts.
protocol HostCheck: Sendable {
    /// What it is about, such as `clocks`.
    var name: String { get }

    /// What is wrong; empty if nothing is. Hosts of which nothing is known are not among `hosts`.
    func problems(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding]

    /// What was seen where nothing is wrong; nil if nothing could be examined.
    func summary(_ hosts: [HostFacts], _ request: DoctorRequest) -> String?
}

extension HostCheck {
    func error(_ host: HostFacts? = nil, _ text: String, _ remedy: String) -> Finding {
        Finding(.error, name, host: host?.name, text, remedy: remedy)
    }

    func warning(_ host: HostFacts? = nil, _ text: String, _ remedy: String) -> Finding {
        Finding(.warning, name, host: host?.name, text, remedy: remedy)
    }

    /// All that the check finds.
    func findings(_ hosts: [HostFacts], _ request: DoctorRequest) -> [Finding] {
        let problems = problems(hosts, request)
        if !problems.isEmpty { return problems }
        return summary(hosts, request).map { [Finding(.ok, name, $0)] } ?? []
    }

    /// Findings of hosts whose `value` is not that of the first host which has one: whether all are equal.
    func differences<Value: Equatable>(
        _ hosts: [HostFacts], _ value: (HostFacts) -> Value?, _ finding: (HostFacts, Value, HostFacts, Value) -> Finding
    ) -> [Finding] {
        let known = hosts.compactMap { host in value(host).map { (host, $0) } }
        guard let (first, expected) = known.first else { return [] }
        return known.dropFirst().filter { $0.1 != expected }.map { finding($0.0, $0.1, first, expected) }
    }
}
