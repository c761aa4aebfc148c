import Checkpoints
import Communication
import Testing
import Training
import TrainingTestSupport

@Suite("Injected faults")
struct InjectedFaultTests {
    /// Trains points on two ranks with these faults.
    private func train(_ folder: TrainingFolder, _ run: String, _ faults: [String], _ values: [String] = []) throws
        -> Checkpoint
    {
        var request = TrainingRequest(target: "points", runDirectory: folder(run))
        request.overrides = try (["steps=8", "shards=4"] + values).map { try SettingOverride(assignment: $0) }
        request.faults = try faults.map { try InjectedFault($0) }
        let asked = request
        _ = try InProcessCommunicator.run(ranks: 2) { communicator in
            _ = try TrainingProgram(asked, catalog: RecipeCatalog([PointsRecipe()]), communicator: communicator).run()
        }
        return try SavedRun.checkpoint(at: folder(run))
    }

    @Test("are read from text, and anything else is refused with what is wrong with it")
    func texts() throws {
        let fault = try InjectedFault("rank=1,step=50,kind=host-down")
        #expect(fault.rank == 1 && fault.step == 50 && fault.kind == .hostDown)
        #expect(try InjectedFault("kind=slow,rank=0,step=1,seconds=0.5").seconds == 0.5)
        for (text, problem) in [
            ("rank=1,step=5", "no kind"), ("rank=1,kind=kill", "no step"), ("step=1,kind=kill", "no rank"),
            ("rank=-1,step=5,kind=kill", "rank \"-1\""), ("rank=1,step=0,kind=kill", "step \"0\""),
            ("rank=1,step=5,kind=fire", "kind \"fire\""), ("rank=1,rank=2,step=5,kind=kill", "\"rank=2\""),
            ("rank=1,step=5,kind=kill,seconds=1", "seconds without"), ("", "\"\""), ("rank", "\"rank\""),
            ("rank=1,step=5,kind=slow,seconds=inf", "seconds \"inf\""),
        ] {
            let error = #expect(throws: BadFault.self) { try InjectedFault(text) }
            #expect(error?.description.contains("has \(problem)") == true, "\(text): \(String(describing: error))")
        }
    }

    @Test("of ranks and steps that there are not are refused")
    func absent() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        for (fault, text) in [("rank=2,step=1,kind=throw", "rank 2"), ("rank=0,step=9,kind=throw", "step 9")] {
            let error = #expect(throws: RankFailure.self) { try train(folder, text, [fault]) }
            #expect(error.map { "\($0)".contains(text) } == true)
        }
    }

    @Test("that throw are reported by their rank, to all")
    func thrown() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        let error = #expect(throws: (any Error).self) { try train(folder, "run", ["rank=1,step=3,kind=throw"]) }
        #expect(error.map { "\($0)".contains("injected before step 3") } == true, "\(String(describing: error))")
    }

    @Test("that make a loss no number stop the run, or are skipped, as non_finite.action says")
    func notANumber() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        let error = #expect(throws: RankFailure.self) { try train(folder, "stop", ["rank=1,step=3,kind=nan"]) }
        #expect(error.map { "\($0)".contains("step 3") } == true, "\(String(describing: error))")
        let skipped = try train(folder, "skip", ["rank=1,step=3,kind=nan"], ["non_finite.action=skip"])
        #expect(skipped.state.step == 8)
        #expect(try folder.text("skip", "metrics.jsonl").contains("\"skipped_steps\":1"))
        #expect(try skipped.model != train(folder, "whole", [], ["non_finite.action=skip"]).model)
    }

    @Test("that flip a bit are found when the ranks compare their weights")
    func flippedBit() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        let values = ["agreement.every=1", "communication.sharding=none"]
        let error = #expect(throws: RankFailure.self) {
            try train(folder, "run", ["rank=1,step=3,kind=bitflip"], values)
        }
        #expect(error.map { "\($0)".contains("step 3") } == true, "\(String(describing: error))")
    }

    @Test("that slow a rank down change no bit")
    func slow() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        let slow = try train(folder, "slow", ["rank=0,step=2,kind=slow,seconds=0.01"])
        #expect(try slow.model == train(folder, "whole", []).model)
    }

    @Test("Resuming is verified by training twice, and finds what a resumed run does not go on with")
    func verification() throws {
        let folder = try TrainingFolder([PointsRecipe()])
        for ranks in 1...2 {
            var request = TrainingRequest(target: "points")
            request.overrides = [SettingOverride(key: "shards", value: "4", source: "test")]
            let asked = request
            let outcomes = try InProcessCommunicator.run(ranks: ranks) { communicator in
                try TrainingProgram(asked, catalog: RecipeCatalog([PointsRecipe()]), communicator: communicator)
                    .verifyResume(steps: 6, in: folder("verify-\(ranks)"))
            }
            #expect(outcomes.allSatisfy { $0.difference == nil && $0.resumedAfter == 3 })
        }
    }
}
