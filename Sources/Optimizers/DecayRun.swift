import TensorEngine

/// A part of an arena in which weight decay holds for all parameters, or for none.
struct DecayRun: Equatable {
    var range: Range<Int>
    let decays: Bool
}

extension ParameterArena {
    /// The arena's parameters, with the gaps between them, as the fewest runs.
    func decayRuns(_ decays: (String, Shape) -> Bool) -> [DecayRun] {
        var runs: [DecayRun] = []
        for (index, name) in names.enumerated() {
            let end = index + 1 < ranges.count ? ranges[index + 1].lowerBound : parameterEnd
            let run = DecayRun(range: ranges[index].lowerBound..<end, decays: decays(name, parameters[index].shape))
            if runs.last?.decays == run.decays {
                runs[runs.count - 1].range = runs[runs.count - 1].range.lowerBound..<end
            } else {
                runs.append(run)
            }
        }
        return runs
    }
}
