import Communication
import Datasets
import Foundation
import Recipes
import TestSupport
import Testing
import Training

@Suite("Label noise")
struct DataInspectionTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    private func inspected(_ run: String, ranks: Int) throws -> InspectedData {
        let path = trainer.folder(run)
        return try InProcessCommunicator.run(ranks: ranks) {
            try DataInspection(path: path, overrides: [], catalog: .all).run(over: $0)
        }[0]
    }

    /// 400 points of three blobs around (0, 0), (4, 0) and (0, 4) with a deviation of 0.7; every twentieth label is
    /// that of another.
    private func writeBlobs() throws -> Set<Int> {
        var (text, flipped) = ("x,y,class\n", Set<Int>())
        for index in 0..<400 {
            let center = index % 3
            // two points of a low-discrepancy sequence, as angle and radius of a normal distribution
            let u = (Double(index) + 0.5) * 0.754877666
            let v = (Double(index) + 0.5) * 0.569840291
            let radius = 0.7 * sqrt(-2 * log(1 - (u - u.rounded(.down)) * 0.999))
            let angle = 2 * Double.pi * v
            let x = (center == 1 ? 4 : 0) + radius * cos(angle)
            let y = (center == 2 ? 4 : 0) + radius * sin(angle)
            var label = center
            if index % 20 == 7 {
                label = (center + 1) % 3
                flipped.insert(index)
            }
            text += "\(x),\(y),c\(label)\n"
        }
        try trainer.folder.write(text.utf8, to: "blobs.csv")
        return flipped
    }

    @Test("At least 80 % of 5 % flipped labels are among the first 8 %, the same on any number of ranks")
    func flippedLabels() throws {
        let flipped = try writeBlobs()
        try trainer.train(
            "run", of: "csv",
            [
                "data.path=\(trainer.folder("blobs.csv"))", "model.hidden=[8]", "epochs=20",
                "optimizer.learning_rate=0.02",
            ])
        let found = try inspected("run", ranks: 1)
        #expect(found.samples.count == 400 && flipped.count == 20)
        let first = Set(found.samples.prefix(32).map(\.number))
        #expect(first.intersection(flipped).count >= 16, "\(first.intersection(flipped).count) of 20")
        for ranks in [2, 3] { #expect(try inspected("run", ranks: ranks).csv == found.csv) }
        // the loss is that of the label, and the table names both classes
        let worst = found.samples[0]
        #expect(abs(worst.loss + log(worst.probability)) < 1e-3)
        #expect(worst.label != worst.prediction && found.text(first: 1).contains("c\(worst.label ?? -1)"))
        #expect(found.samples.map(\.loss) == found.samples.map(\.loss).sorted(by: >))
        #expect(Set(found.samples.map(\.number)) == Set(0..<400))
    }

    @Test("What is no classification is ranked by its loss alone")
    func regression() throws {
        try trainer.train(
            "run", of: "csv", ["data.path=\(trainer.folder("table.csv"))", "csv.target=sum", "epochs=1"])
        let found = try inspected("run", ranks: 2)
        #expect(found.samples.allSatisfy { $0.label == nil } && found.samples[0].loss >= found.samples[1].loss)
        #expect(found.csv.hasPrefix("rank,sample,loss\n"))
    }
}

@Suite("Balanced sampling")
struct ClassBalanceTests {
    /// 90, 9 and 1 samples: each class comes in about a third of 3000 draws, within five standard deviations (26).
    @Test("All classes are drawn equally often, and all of their samples")
    func frequencies() throws {
        let labels = (0..<100).map { $0 < 90 ? 0 : $0 < 99 ? 2 : 5 } + [-1]
        let balance = try #require(ClassBalance(labels: labels, seed: 3))
        let drawn = balance.samples(of: Array(0..<3000), epoch: 2)
        for label in [0, 2, 5] { #expect(abs(drawn.count { labels[$0] == label } - 1000) < 130) }
        #expect(Set(drawn) == Set(0..<100))
        // a function of the number of the draw, whatever else is drawn
        #expect(balance.samples(of: [17, 4], epoch: 2) == [drawn[17], drawn[4]])
        #expect(balance.samples(of: [17, 4], epoch: 3) != [drawn[17], drawn[4]])
        #expect(ClassBalance(labels: [-1], seed: 1) == nil)
    }
}
