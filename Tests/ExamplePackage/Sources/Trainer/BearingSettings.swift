import Lockstep

/// The settings of the network for recordings of bearings.
struct BearingSettings: SettingsGroup {
    /// Width of the convolutions over time, an odd number.
    var kernel = 3
    /// The least standard deviation that the network may claim, as a share of the training data's.
    var leastDeviation = 0.01

    static let prefix = "bearings"
    static let title = "bearings: the network for recordings"
    static let keys: [Setting<Self>] = [
        Setting("kernel", \.kernel, .whole(atLeast: 1, atMost: 99), "width of the convolutions over time; odd"),
        Setting(
            "least_deviation", \.leastDeviation, .number(.share),
            "least standard deviation that the network may claim, as a share of the training data's"),
    ]

    static func check(_ settings: Settings) throws(SettingsError) {
        guard settings[Self.self].kernel.isMultiple(of: 2) else { return }
        throw .conflict(
            "bearings.kernel is \(settings[Self.self].kernel), and a convolution that keeps the length needs an odd width; set the next one"
        )
    }
}

extension Settings {
    /// The settings of the network for recordings of bearings.
    var bearings: BearingSettings { self[BearingSettings.self] }
}
