import Glibc

/// The network interfaces of this host that are up and have an IPv4 address, without the loopback. Source:
/// getifaddrs(3).
enum NetworkInterfaces {
    static var current: [HostFacts.Interface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        // the list is owned here until it is freed
        defer { freeifaddrs(first) }
        var found: [HostFacts.Interface] = []
        var next = first
        while let item = next?.pointee {
            next = item.ifa_next
            let isUp = item.ifa_flags & UInt32(IFF_UP) != 0
            let isLoopback = item.ifa_flags & UInt32(IFF_LOOPBACK) != 0
            guard isUp, !isLoopback, let address = number(item.ifa_addr), let mask = number(item.ifa_netmask) else {
                continue
            }
            found.append(
                HostFacts.Interface(
                    name: String(cString: item.ifa_name), address: text(address),
                    network: "\(text(address & mask))/\(mask.nonzeroBitCount)"))
        }
        return found
    }

    /// The IPv4 address as a number, in the order of its bytes; nil for another kind.
    private static func number(_ address: UnsafeMutablePointer<sockaddr>?) -> UInt32? {
        guard let address, address.pointee.sa_family == sa_family_t(AF_INET) else { return nil }
        return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            UInt32(bigEndian: $0.pointee.sin_addr.s_addr)
        }
    }

    private static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { "\(address >> UInt32($0) & 255)" }.joined(separator: ".")
    }
}
