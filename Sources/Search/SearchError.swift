import Messages

/// A search that is impossible as requested; one line with what was found and what to do.
enum SearchError: Error, CustomStringConvertible, Equatable {
    case nothingVaried
    case fixedKey(String, source: String)
    case givenTwice(String)
    case repeated(String, key: String, source: String)
    case badDistribution(String, key: String, requirement: String)
    /// Two bounds without the name of a scale.
    case noScale(String, key: String, low: String, high: String)
    case distributionInGrid(String, scale: String)
    case evolutionOfGrid(String)
    case twoStrategies
    case rungsWithoutFactor
    case fixedInTraining(String, reason: String)
    case roundsOfGrid(String)
    case roundsOfBest
    case fractionsWithoutRounds
    case badRounds(Int, most: Int)
    case tooFewToCopy
    case badFraction(String, Double, allowed: String)
    case tooFewSteps(Int, rounds: Int)
    case tooFewForRungs(rungs: Int, factor: Int, trials: Int)
    case noTrialCount
    case trialCountWithoutRandom
    case tooMany(Int?, limit: Int)
    case unevenGroups(ranks: Int, perTrial: Int)
    case noShards(perTrial: Int)
    case tooFewShards(Int, perTrial: Int)
    case badTrial(String, problem: String)
    case holdsSearch(String)
    case noSearch(String)
    case otherSearch(what: String, saved: String, given: String)
    case noDirectory
    case noneComplete(count: Int, reason: String)
    case notMeasured(String, known: [String])

    var description: String {
        switch self {
        case .nothingVaried:
            "a search needs a setting to vary; give --grid KEY=VALUE,VALUE… or --random KEY=log:LOW:HIGH with --trials N"
        case .fixedKey(let key, let source):
            "\(key) cannot be searched (from \(source)); give it one value for all trials"
        case .givenTwice(let key):
            "\(key) is varied twice; give it to one --grid or --random"
        case .repeated(let value, let key, let source):
            "\(key) has the value \(value) twice (from \(source)); keep one"
        case .badDistribution(let text, let key, let requirement):
            "\(key) must be drawn from \(requirement), found \"\(text)\" (from --random)"
        case .noScale(let text, let key, let low, let high):
            "\(key) is \"\(text)\" (from --random), two bounds without a scale: write uniform:\(low):\(high) or log:\(low):\(high), of whole numbers int:\(low):\(high)"
        case .distributionInGrid(let key, let scale):
            "\(key) is drawn at random by \(scale): (from --grid); give it to --random, with --trials N"
        case .evolutionOfGrid(let key):
            "--population mutates random settings, and \(key) has a --grid; give its values to --random (KEY=VALUE,VALUE…)"
        case .twoStrategies:
            "--population (evolution), --reduction-factor (successive halving) and --pbt-rounds (population-based training) exclude each other; keep one of them"
        case .rungsWithoutFactor:
            "--rungs is for successive halving; give --reduction-factor, such as 3"
        case .fixedInTraining(let key, let reason):
            "\(key) cannot change during training: \(reason); with --pbt-rounds vary settings such as optimizer.learning_rate, optimizer.weight_decay or model.dropout, and give it one value for all trials"
        case .roundsOfGrid(let key):
            "--pbt-rounds perturbs random settings, and \(key) has a --grid; give its values to --random (KEY=VALUE,VALUE…)"
        case .roundsOfBest:
            "--pbt-rounds compares trials by their evaluation at the end of a round; drop --evaluation best"
        case .fractionsWithoutRounds:
            "--quantile-fraction and --resample-probability are for population-based training; give --pbt-rounds, such as 10"
        case .badRounds(let rounds, let most):
            "--pbt-rounds must be from 2 to \(most), found \(rounds)"
        case .tooFewToCopy:
            "--pbt-rounds needs at least 2 trials, of which one can copy the other; give --trials 2 or more"
        case .badFraction(let option, let value, let allowed):
            "\(option) must be \(allowed), found \(value)"
        case .tooFewSteps(let steps, let rounds):
            "a training of \(Readable.count(steps, of: "step")) cannot be divided into \(rounds) rounds; give fewer --pbt-rounds, or more --epochs or --steps"
        case .tooFewForRungs(let rungs, let factor, let trials):
            "\(rungs) rungs with --reduction-factor \(factor) need at least \((1..<rungs).reduce(1) { count, _ in min(count, 1 << 40) * factor }) trials, and there are \(trials); give more --trials or values, fewer --rungs, or a smaller factor"
        case .noTrialCount:
            "--random needs the number of draws; give --trials N"
        case .trialCountWithoutRandom:
            "--trials is the number of random draws, and there is no --random; drop it: a grid is run as a whole"
        case .tooMany(let count, let limit):
            "the search has \(count.map { "\($0)" } ?? "far too many") trials, and at most \(limit) are possible; give fewer values"
        case .unevenGroups(let ranks, let perTrial):
            "\(ranks) ranks cannot be divided into groups of \(perTrial); start a multiple of \(perTrial) ranks, or change --ranks-per-trial"
        case .noShards(let perTrial):
            "--ranks-per-trial \(perTrial) needs --shards \(perTrial) or more: the shards, not the ranks, decide what a trial computes"
        case .tooFewShards(let shards, let perTrial):
            "shards is \(shards), and a trial's \(perTrial) ranks need at least one shard each; give fewer --ranks-per-trial or more --shards"
        case .badTrial(let values, let problem):
            "the trial \(values) is impossible: \(problem)"
        case .holdsSearch(let path):
            "\(path) already holds a search; continue it with --resume or choose another --search-dir"
        case .noSearch(let path):
            "\(path) holds no search to resume; start one without --resume"
        case .otherSearch(let what, let saved, let given):
            "\(what) is \(saved) in the saved search and cannot become \(given); start a new search (--search-dir) or drop it"
        case .noDirectory:
            "--resume needs a search to resume; name its directory with --search-dir"
        case .noneComplete(let count, let reason):
            "none of the \(count) trials completed; the first failed with: \(reason)"
        case .notMeasured(let name, let known):
            "the evaluations of this recipe have no metric \(name), only \(known.listed()); choose one of these with --metric"
        }
    }
}
