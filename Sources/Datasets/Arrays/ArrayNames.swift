import Messages

/// Which arrays of a collection are inputs and targets, to train on and to test on.
struct ArrayNames: Equatable {
    /// The arrays to train on; no targets where only inputs are asked for.
    let inputs, targets: String?
    /// Those to test on; nil if there are none.
    let testInputs, testTargets: String?
    /// The arrays that are none of these.
    let unused: [String]

    /// What people call them. Each may end in `_train` or `_test`, or begin with `train_` or `test_`.
    static let usualInputs = ["x", "X", "inputs", "input", "features", "images", "data", "arr_0"]
    static let usualTargets = ["y", "Y", "targets", "target", "labels", "label", "arr_1"]

    /// Finds them in `collection`.
    /// - Parameters:
    ///   - inputs: the setting arrays.inputs; nil: by the usual names.
    ///   - targets: the setting arrays.targets.
    ///   - needsTargets: whether there must be targets.
    init(_ collection: ArrayCollection, inputs: String?, targets: String?, needsTargets: Bool) throws(DatasetError) {
        let names = collection.names
        func find(
            _ given: String?, _ usual: [String], _ what: String, isNeeded: Bool
        ) throws(DatasetError) -> String? {
            let bases = given.map { [$0] } ?? usual
            let found = bases.filter { base in Self.forms(base, "train").contains { names.contains($0) } }
            guard found.count < 2 else {
                throw .unusable(
                    path: collection.path, found: "several arrays that may be the \(what): \(found.listedNames)",
                    expected: "one; name it (arrays.\(what)=\(found[0]))")
            }
            guard let base = found.first else {
                guard isNeeded else { return nil }
                let expected =
                    given.map { "\($0.excerpt) (arrays.\(what))" }
                    ?? "one of \(usual.listed(limit: 20)); name it (arrays.\(what)=NAME)"
                throw .unusable(
                    path: collection.path, found: "the arrays \(names.listedNames)",
                    expected: "\(what) called \(expected)")
            }
            return base
        }
        func named(_ base: String?, _ part: String) -> String? {
            base.flatMap { base in
                (part == "test" ? Array(Self.forms(base, part).dropFirst()) : Self.forms(base, part)).first {
                    names.contains($0)
                }
            }
        }
        // a file of one array has nothing else that could be meant
        let single = names.count == 1 && !needsTargets && inputs == nil ? names[0] : inputs
        let inputBase = try find(single, Self.usualInputs, "inputs", isNeeded: true)
        let targetBase = try find(targets, Self.usualTargets, "targets", isNeeded: needsTargets)
        (self.inputs, self.targets) = (named(inputBase, "train"), named(targetBase, "train"))
        let test = (named(inputBase, "test"), named(targetBase, "test"))
        // one without the other is no test data
        (testInputs, testTargets) = test.0 != nil && test.1 != nil ? test : (nil, nil)
        let used = [self.inputs, self.targets, testInputs, testTargets]
        unused = names.filter { !used.contains($0) }
    }

    /// The names of a part: `x`, `x_train`, `train_x`.
    private static func forms(_ base: String, _ part: String) -> [String] {
        [base, "\(base)_\(part)", "\(part)_\(base)"]
    }
}
