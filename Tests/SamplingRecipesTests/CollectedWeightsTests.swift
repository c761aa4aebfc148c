import Foundation
import TensorEngine
import TestSupport
import Testing
import Training

@Suite("Weights collected by SWAG")
struct CollectedWeightsTests {
    /// The weights after steps 4, 6 and 8, from checkpoints.
    @Test("are those of every so many steps after the burn-in")
    func moments() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<20).map { n in [sin(Double(n)), cos(Double(n * n))] }
        let values = try TrainedTable(
            "x,y", rows: rows, in: folder,
            [
                "model.name=swag", "model.hidden=[2]", "global_batch=10", "steps=9", "bayes.burn_in=2",
                "bayes.thinning=2", "bayes.rank=2", "checkpoint.every=1", "checkpoint.keep=100",
            ]
        ).values
        let checkpoints = try folder.names(in: "run/checkpoints").filter { $0.hasPrefix("step-") }.sorted()
        let all = try checkpoints.map { try TrainedTable.values(at: folder("run/checkpoints/\($0)")) }
        #expect(all.count == 9 && values["moments.count"] == [3])
        #expect(all.map { $0["moments.count"] } == [0, 0, 0, 1, 1, 2, 2, 3, 3].map { [$0] })
        for name in ["layers.0.weight", "layers.1.bias"] {
            let weights = try [3, 5, 7].map { try #require(all[$0]["network.\(name)"]) }
            let under = name.replacing(".", with: "_")
            let mean = try #require(values["moments.mean.\(under)"])
            let variance = try #require(values["moments.variance.\(under)"])
            let deviations = try #require(values["moments.deviations.\(under)"])
            let size = mean.count
            for i in 0..<size {
                let w = weights.map { $0[i] }
                let expected = w.reduce(0, +) / 3
                #expect(abs(mean[i] - expected) < 1e-6)
                let square = w.reduce(0) { $0 + ($1 - expected) * ($1 - expected) } / 3
                #expect(abs(variance[i] - square) < 1e-6 + 1e-3 * square && square > 1e-8)
                // the third takes the place of the first
                #expect(abs(deviations[i] - (w[2] - expected)) < 1e-6)
                #expect(abs(deviations[size + i] - (w[1] - (w[0] + w[1]) / 2)) < 1e-6)
            }
        }
    }
}
