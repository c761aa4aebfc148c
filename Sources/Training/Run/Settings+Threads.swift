import Kernels
import Machine
import Messages

extension Settings {
    /// Gives this thread's operations the threads of the settings. *Local.*
    package func useThreads() { KernelLibrary.useThreads(threads) }

    /// What the user should know where OMP_NUM_THREADS asks for other threads than the settings, which count; nil else.
    package func threadsNote(environment: Int? = ThreadCount.ofEnvironment) -> String? {
        guard let environment, environment != threads else { return nil }
        return
            "each rank has \(Readable.count(threads, of: "thread")), as the setting threads says; OMP_NUM_THREADS=\(environment) does not count"
    }
}

extension SettingOverride {
    /// The threads that OMP_NUM_THREADS asks for, where nothing else is said of them.
    package static func threadsOfEnvironment(_ environment: Int? = ThreadCount.ofEnvironment) -> [SettingOverride] {
        environment.map { [SettingOverride(key: "threads", value: "\($0)", source: "OMP_NUM_THREADS")] } ?? []
    }
}
