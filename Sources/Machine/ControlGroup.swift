/// A control group that limits this process: its folder in the file system. Source: cgroups(7).
struct ControlGroup: Equatable {
    /// Where its files are.
    let folder: String
    /// Whether it is of version 2, with other names of files.
    let isUnified: Bool

    /// The groups of version 2, and of `controller`'s hierarchy of version 1, that this process is in: its own first,
    /// then those above it.
    static func all(of controller: String, _ files: SystemFiles) -> [ControlGroup] {
        let mounts = (files("/proc/self/mountinfo") ?? "").split(separator: "\n").compactMap { Mount($0) }
        return (files("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [ControlGroup] in
            // number:controllers:path, and 0::path of version 2
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            let isUnified = parts[0] == "0" && parts[1].isEmpty
            guard isUnified || parts[1].split(separator: ",").contains(Substring(controller)),
                let mount = mounts.first(where: {
                    isUnified ? $0.type == "cgroup2" : $0.type == "cgroup" && $0.options.contains(controller)
                })
            else { return [] }
            return mount.folders(of: String(parts[2])).map { ControlGroup(folder: $0, isUnified: isUnified) }
        }
    }

    /// One line of /proc/self/mountinfo. Source: proc_pid_mountinfo(5).
    private struct Mount {
        let root, point, type: String
        let options: Set<String>

        init?(_ line: Substring) {
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 1 else { return nil }
            (root, point, type) = (String(words[3]), String(words[4]), String(words[dash + 1]))
            options = Set((words.count > dash + 3 ? words[dash + 3] : "").split(separator: ",").map(String.init))
        }

        /// The folders of the group with this path and of those above it, as far as they are mounted.
        func folders(of path: String) -> [String] {
            var path = path
            if root != "/" {
                // In a container the path may begin outside what is mounted.
                path = (path + "/").hasPrefix(root + "/") ? String(path.dropFirst(root.count)) : ""
            }
            var parts = path.split(separator: "/")
            var folders: [String] = []
            while !parts.isEmpty {
                folders.append(point + "/" + parts.joined(separator: "/"))
                parts.removeLast()
            }
            return folders + [point]
        }
    }
}
