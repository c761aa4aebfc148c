import Kernels
import Messages
package import RunRecords
package import Settings

extension [RankPlacement] {
    /// Throws where the ranks' kernels use different instruction sets, unless the settings allow it; the same on every rank.
    ///
    /// Their results differ in the last bits, and with them the copies of the weights on different hosts.
    package func requireOneInstructionSet(_ settings: Settings) throws {
        guard !settings.agreement.unlikeProcessors,
            let unlike = UnlikeInstructionSets(map { ("\($0.host) (rank \($0.rank))", $0.instructionSet) })
        else { return }
        throw UnlikeProcessors(difference: "\(unlike)")
    }

    /// What a resumed run says where these ranks use another instruction set than those of the start before; nil where they
    /// don't, or it is not known.
    package func note(after earlier: [RankPlacement]?) -> String? {
        guard let before = earlier?.first?.instructionSet, let now = first?.instructionSet, before != now else {
            return nil
        }
        return
            "the instruction set is now \(now), and was \(before): from here on the last bits differ from those of a run that goes on there"
    }
}

/// The kernels of two ranks use different instruction sets.
struct UnlikeProcessors: Error, CustomStringConvertible {
    let difference: String
    var description: String {
        "the hosts' processors are unlike: \(difference); \(UnlikeInstructionSets.remedy)"
    }
}
