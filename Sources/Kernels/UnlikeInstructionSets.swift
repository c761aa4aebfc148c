/// Instruction sets that the kernels of one job use, of which some differ from the first: results have other last bits
/// then.
package struct UnlikeInstructionSets: CustomStringConvertible {
    /// What differs, in words.
    package let description: String

    /// What the user can do.
    package static let remedy =
        "use hosts that are alike, or allow other bits with --set agreement.unlike_processors=true"

    /// Nil where all are equal.
    /// - Parameter used: by place, such as `h1 (rank 0)`; a text like `v3`.
    package init?(_ used: [(place: String, instructionSet: String)]) {
        guard let first = used.first else { return nil }
        let others = used.filter { $0.instructionSet != first.instructionSet }
        guard let other = others.first else { return nil }
        let more = others.count > 1 ? " and \(others.count - 1) more" : ""
        description =
            "the kernels use \(first.instructionSet) on \(first.place) and \(other.instructionSet) on \(other.place)\(more), so that results depend on where a shard is computed"
    }
}
