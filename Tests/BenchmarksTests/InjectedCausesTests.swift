import Diagnosis
import Benchmarks
import Communication
import Foundation
import Testing
import Training

/// Trainings in which one thing is slow: the measured steps must tell which.
@Suite("The verdict on steps in which something is slow", .serialized)
struct InjectedCausesTests {
    /// Steps of three ranks, each with the recipe and the link that it is given.
    private func measure(
        path: String = "messages", link: Double = 0,
        _ recipe: @Sendable @escaping (_ rank: Int) -> TimedRecipe
    ) throws -> StepBenchmark {
        try InProcessCommunicator.run(ranks: 3) { ranks in
            let communicator: any Communicator = link > 0 ? SlowLink(link: ranks, milliseconds: link) : ranks
            let request = TrainingRequest(
                target: "timed",
                overrides: [SettingOverride(key: "communication.path", value: path, source: "test")],
                hostname: "host-\(ranks.rank)")
            return try TrainingProgram(
                request, catalog: RecipeCatalog([recipe(ranks.rank)]), communicator: communicator
            ).benchmark(warmUp: 2, steps: 8)
        }[0]
    }

    @Test("A slow rank is the straggler, and its host is named")
    func slowRank() throws {
        let result = try measure { TimedRecipe(computing: $0 == 2 ? 40 : 3) }
        #expect(result.lostTime.mainCause == .straggler, "\(result.lostTime)")
        #expect(result.lostTime.straggler == 2)
        #expect(result.lostTime.sentence.contains("host-2"))
        // 40 against 3, and a remedy that takes it away
        #expect((result.lostTime.causes[.straggler] ?? 0) > 25)
        #expect(result.lostTime.table.contains("a straggler, rank 2"))
    }

    @Test("A slow link is exposed communication")
    func slowLink() throws {
        let result = try measure(link: 20) { _ in TimedRecipe() }
        #expect(result.lostTime.mainCause == .communication, "\(result.lostTime)")
    }

    @Test("A slow source of data is waiting for data, on all ranks or on one", arguments: [[0, 1, 2], [1]])
    func slowData(ranks: [Int]) throws {
        let result = try measure { TimedRecipe(loading: ranks.contains($0) ? 40 : 0) }
        #expect(result.lostTime.mainCause == .data, "\(result.lostTime)")
        if ranks.count == 1 { #expect(result.lostTime.sentence.contains("rank 1")) }
    }

    @Test("Independent ranks are measured at the same time, each with its own steps, and their samples add up")
    func independent() throws {
        let result = try InProcessCommunicator.run(ranks: 2) { communicator in
            try TrainingProgram(
                TrainingRequest(target: "timed"), catalog: RecipeCatalog([TimedRecipe()]),
                communicator: communicator
            ).benchmark(warmUp: 1, steps: 5, isIndependent: true)
        }[0]
        #expect(result.isIndependent && result.ranks == 2 && result.globalBatch == 4)
        #expect(result.rankSteps.count == 2)
        #expect(result.rankSteps.allSatisfy { $0.milliseconds.count == 5 })
        let each = result.rankSteps.map { 4000 / $0.milliseconds.sorted()[2] }
        #expect(abs(result.samplesPerSecond - each.reduce(0, +)) < 1e-6 * result.samplesPerSecond)
    }

    @Test("Figures come back from JSON as they were")
    func json() throws {
        let result = try measure { _ in TimedRecipe(computing: 0) }
        let path = "/tmp/lockstep-steps-\(UInt64.random(in: 0...(.max))).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try result.json.write(toFile: path, atomically: true, encoding: .utf8)
        let read = try MeasurementFile.steps(path)
        #expect(read.rankSteps.map(\.host) == ["host-0", "host-1", "host-2"])
        #expect(read.buckets == result.buckets)
        #expect(!read.buckets.isEmpty)
        #expect(read == result)
    }
}
