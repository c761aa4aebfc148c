import Communication
import DataParallel
/// Shim.
public struct NamedSum: Sendable, Equatable, Codable {
    public let name: String
    public var sum, count: Double
}
extension DataParallelStep {
    func gatherMetrics(_ metrics: [[NamedSum]]) throws -> [NamedSum] { [] }
}
extension DataParallelStep.Outcome { var metrics: [[NamedSum]] { [] } }
var metrics: [String: Double]? {
    get { nil }
    set {}
}
