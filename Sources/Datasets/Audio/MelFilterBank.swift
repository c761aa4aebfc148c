import Glibc

/// Triangular filters whose centers are equally far apart on the mel scale, from 0 to half the sampling rate.
///
/// Slaney's scale, linear below 1,000 Hz and logarithmic above, and filters of area 1: as `librosa.filters.mel`. Source:
/// Slaney, "Auditory Toolbox", version 2, Interval Research Corporation, 1998.
package struct MelFilterBank {
    /// A filter: its weights for consecutive bins of the spectrum.
    package struct Filter {
        package var first: Int
        package var weights: [Double]
    }

    package let filters: [Filter]

    package init(rate: Int, transformSize: Int, bands: Int) {
        let most = Self.mel(Double(rate) / 2)
        let edges = (0..<(bands + 2)).map { Self.frequency(most * Double($0) / Double(bands + 1)) }
        let bins = (0...(transformSize / 2)).map { Double($0) * Double(rate) / Double(transformSize) }
        filters = (0..<bands).map { band in
            let (low, center, high) = (edges[band], edges[band + 1], edges[band + 2])
            let weights = bins.map { bin in
                max(0, min((bin - low) / (center - low), (high - bin) / (high - center))) * 2 / (high - low)
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? -1
            return Filter(first: first, weights: last < first ? [] : Array(weights[first...last]))
        }
    }

    /// How many filters have no bin of the spectrum: there are too many bands for the size of the transform.
    package var emptyCount: Int { filters.count(where: \.weights.isEmpty) }

    private static let step = 200.0 / 3
    private static let logarithmicStep = log(6.4) / 27

    static func mel(_ frequency: Double) -> Double {
        frequency < 1000 ? frequency / step : 1000 / step + log(frequency / 1000) / logarithmicStep
    }

    static func frequency(_ mel: Double) -> Double {
        mel < 1000 / step ? mel * step : 1000 * exp(logarithmicStep * (mel - 1000 / step))
    }
}
