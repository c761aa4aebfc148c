import Datasets
import TensorEngine
import Training

/// A table with classes as a bandit: an arm for each class.
struct BanditTable {
    let table: TableSource.Table
    let arms: Int
    /// The elements of a context: the inputs of a row, and 1.
    let context: Int

    private static let block = 1000

    init(_ table: TableSource.Table) throws {
        func unusable(_ found: String, _ expected: String) -> DatasetError {
            .unusable(path: table.path, found: found, expected: expected)
        }
        let target = table.schema.targetName
        guard case .classes(let names) = table.schema.target else {
            throw unusable("\(target) is a number", "classes, an arm for each; or set csv.task=classification")
        }
        guard names.count > 1 else { throw unusable("\(target) has 1 class", "at least 2, an arm for each") }
        guard table.training.count > 0 else { throw unusable("no rows to train on", "some") }
        guard table.training.batch(of: [0]).weights == nil else {
            throw unusable("sample weights (csv.weight)", "none: rows are drawn, each as likely as the others")
        }
        if table.test.count > 0,
            table.test.batch(of: Array(0..<table.test.count)).targets.contains(where: { $0 < 0 })
        {
            throw unusable("test rows of classes that no training row has", "classes of the training rows only")
        }
        (self.table, arms, context) = (table, names.count, table.schema.width + 1)
    }

    var summary: String {
        "\(table.path), \(table.training.count) rows to draw contexts of \(context) elements from and \(table.test.count) to test on, an arm for each \(table.schema.targetName)"
    }

    /// The contexts of some rows, [n, context], and their classes.
    private func rows(_ samples: Range<Int>) -> (contexts: Tensor, arms: [Int]) {
        let batch = table.training.batch(of: Array(samples))
        let ones = Tensor(repeating: 1, shape: [samples.count, 1])
        return (.concatenated([batch.inputs, ones], alongAxis: 1), batch.targets.map { Int($0) })
    }

    /// The regret of a round of the policy of least squares, computed over all rows: the share of these in which it does not
    /// take the arm of the class.
    ///
    /// That policy knows what each arm pays in each row, and takes the one with the highest expectation of `LinearPosterior`s.
    /// Not the best linear policy: one that regresses the rewards of chosen arms only may be right more often.
    func leastSquaresRegret() -> Double {
        let count = table.training.count
        let blocks = stride(from: 0, to: count, by: Self.block).map { $0..<min($0 + Self.block, count) }
        var products = Tensor(repeating: 0, shape: [context, context])
        var moments = Tensor(repeating: 0, shape: [context, arms])
        for block in blocks {
            let (x, classes) = rows(block)
            let rewards = Tensor(
                classes.flatMap { own in (0..<arms).map { $0 == own ? 1 : 0 } }, shape: [classes.count, arms])
            products = products + x.matrixProduct(x, transposingSelf: true)
            moments = moments + x.matrixProduct(rewards, transposingSelf: true)
        }
        let (sums, columns) = (products.values, moments.transposed().values)
        let weights = (0..<arms).flatMap { arm in
            LinearPosterior(products: sums[...], moments: columns[arm * context..<(arm + 1) * context]).mean
                .map { Float($0) }
        }
        let linear = Tensor(weights, shape: [arms, context]).transposed()
        let wrong = blocks.reduce(0) { sum, block in
            let (x, classes) = rows(block)
            return sum + zip(x.matrixProduct(linear).argmax().values, classes).count { Int($0) != $1 }
        }
        return Double(wrong) / Double(count)
    }
}
