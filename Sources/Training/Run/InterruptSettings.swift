public import Settings

/// The end of a run by a signal.
public struct InterruptSettings: SettingsGroup {
    /// The exit code of a run that a signal has ended; nil: 128 + the signal's number.
    public var exitCode: Int?

    public init() {}

    public static let prefix = "interrupt"
    public static let title = "interrupt: signals"
    public static let keys: [Setting<Self>] = [
        Setting(
            "exit_code", \.exitCode, .automatic(.whole(atLeast: 1, atMost: 255)), changesOnResume: true,
            "exit code after SIGTERM, SIGINT, SIGHUP or SIGUSR1, once a checkpoint is saved, such as the one by which a batch "
                + "system requeues the job; automatic = 128 + the signal's number")
    ]
}

extension Settings {
    /// The end of a run by a signal.
    public var interrupt: InterruptSettings {
        get { self[InterruptSettings.self] }
        set { self[InterruptSettings.self] = newValue }
    }
}
