import Communication
import Recipes
import RunRecords
import Search
import TestSupport
import Testing
import Training

@Suite("A search by a named metric")
struct SearchMetricTests {
    @Test("orders the trials by it, writes it to the table, and names those that there are instead of an unknown one")
    func named() throws {
        let trainer = try Trainer()
        func search(_ metric: String, resumes: Bool) throws -> [TrialResult] {
            var request = SearchRequest(target: "fashion-mnist")
            request.overrides = try trainer.images(["steps=10"]).map { try SettingOverride(assignment: $0) }
            request.grids = ["optimizer.learning_rate=0.0001,0.05"]
            request.objective = SearchObjective(MetricName(metric))
            (request.directory, request.resumes, request.report) = (trainer.folder("search"), resumes, { _ in })
            let asked = request
            return try InProcessCommunicator.run(ranks: 1) { communicator in
                try HyperparameterSearch(asked, catalog: .all, communicator: communicator).run().results
            }[0]
        }
        let results = try search("f1_macro", resumes: false)
        let scores = try results.map { try #require($0.final?["f1_macro"]) }
        #expect(scores[0] > scores[1] && results[0].number == 2)
        let table = try trainer.folder.text("search/results.csv").split(separator: "\n")
        let names = table[0].split(separator: ",").map(String.init)
        #expect(names.contains("final_f1_macro") && names.contains("best_f1_macro"))
        let text = message { _ = try search("f1_makro", resumes: true) }
        #expect(text.contains("no metric f1_makro") && text.contains("f1_macro"), "\(text)")
    }
}
