/// What the user is about to do, as far as the doctor must know.
public struct DoctorRequest: Codable, Sendable, Equatable {
    /// Data files, which every host must have alike.
    public var data: [String]
    /// The folder in which run directories are made.
    public var runs: String
    /// Whether matrix products are timed.
    public var measuresPeak: Bool
    /// The path of the file by which hosts find out whether they share the folder of the runs.
    package var marker: String?

    /// A request.
    public init(data: [String] = [], runs: String = "runs", measuresPeak: Bool = true) {
        (self.data, self.runs, self.measuresPeak) = (data, runs, measuresPeak)
    }
}
