/// The points of a curve, rising in x.
package struct CurvePoints {
    package var points: [(x: Double, y: Double)]

    package init(points: [(x: Double, y: Double)]) { self.points = points }

    /// The most points that a picture of some hundred pixels can show.
    private static let most = 400

    /// The curve with fewer points: of each stretch of x the lowest and the highest, so that no peak is lost.
    package var thinned: CurvePoints {
        guard points.count > Self.most else { return self }
        let stretches = Self.most / 2
        var chosen: [(x: Double, y: Double)] = []
        for stretch in 0..<stretches {
            let part = points[points.count * stretch / stretches..<points.count * (stretch + 1) / stretches]
            guard let low = part.indices.min(by: { part[$0].y < part[$1].y }),
                let high = part.indices.max(by: { part[$0].y < part[$1].y })
            else { continue }
            chosen += low == high ? [part[low]] : [part[min(low, high)], part[max(low, high)]]
        }
        return CurvePoints(points: chosen)
    }

    /// The means over windows of neighbors, a thirtieth of the curve; nil where that is fewer than 3.
    package var smoothed: CurvePoints? {
        let reach = points.count / 60
        guard reach >= 1 else { return nil }
        var sums = [0.0]
        for point in points { sums.append((sums.last ?? 0) + point.y) }
        return CurvePoints(
            points: points.indices.map { index in
                // at the steep beginning the window shrinks on both sides, at the end it looks back
                let (first, last) = (index - min(reach, index), min(index + min(reach, index), points.count - 1))
                return (points[index].x, (sums[last + 1] - sums[first]) / Double(last + 1 - first))
            })
    }
}
